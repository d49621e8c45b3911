import assert from "node:assert/strict"
import { test } from "node:test"
import { half, keep } from "../../cnnlab/ui/components/classroom/typed.js"

const store = () => {
  const kept = new Map()
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => kept.set(key, text),
    removeItem: (key) => kept.delete(key),
  }
}
const field = { key: "exercise_a_1_0_0", given: "" }

test("what was typed comes back to a field in which nothing, or the last answer, stands", () => {
  const storage = store()
  keep(storage, field.key, "because the win")
  assert.equal(half(storage, field, ""), "because the win")
  assert.equal(half(storage, { ...field, given: "no idea" }, "no idea"), "because the win")
  assert.equal(half(storage, { ...field, key: "exercise_b_1_0_0" }, ""), "", "another student's field")
  assert.equal(half(storage, field, "because the window"), "", "somebody types there now")
})

test("an answer that was given, and an emptied field, leave nothing", () => {
  const storage = store()
  keep(storage, field.key, "148 ")
  assert.equal(half(storage, { ...field, given: "148" }, ""), "")
  assert.equal(storage.kept.size, 0)
  keep(storage, field.key, "1")
  keep(storage, field.key, "  ")
  assert.equal(storage.kept.size, 0)
})

test("nothing is longer than an answer", () => {
  const storage = store()
  keep(storage, field.key, "x".repeat(1000))
  assert.equal(half(storage, field, "").length, 300)
})
