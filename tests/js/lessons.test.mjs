// What a lesson keeps in the browser, and where it shines its light.
import assert from "node:assert/strict"
import test from "node:test"

import { csv, empty, merged, read, write } from "../../cnnlab/ui/components/lessons/keep.js"
import { CHECK_COLUMNS, answered, answersOf, checkRows, coded } from "../../cnnlab/ui/components/lessons/taken.js"
import { outline, within } from "../../cnnlab/ui/components/lessons/light.js"

const ROW = { when: "2026-01-01T00:00:00", lesson: "a", step: 1, question: "?", given: "148", right: true, slip: "" }

function storage(text = null) {
  const held = { text }
  return { getItem: () => held.text, setItem: (_, value) => (held.text = value), held }
}

test("what was kept comes back, and anything else counts as nothing", () => {
  const kept = merged(empty(), { lesson: "a", step: 2, log: [ROW] })
  const place = storage()
  write(place, kept)
  assert.deepEqual(read(place), kept)
  for (const text of [null, "", "{", "[]", "7", '"x"', '{"reached": 1, "rows": []}', '{"reached": {}, "rows": 1}']) {
    assert.deepEqual(read(storage(text)), empty())
  }
})

test("a browser that forbids storage keeps nothing and breaks nothing", () => {
  const forbidden = {
    getItem: () => { throw new Error("forbidden") },
    setItem: () => { throw new Error("forbidden") },
  }
  assert.deepEqual(read(forbidden), empty())
  write(forbidden, empty())
})

test("nothing is added twice, the furthest step counts, and the oldest answers make room", () => {
  const once = merged(empty(), { lesson: "a", step: 3, log: [ROW] })
  const twice = merged(once, { lesson: "a", step: 2, log: [ROW, { ...ROW, given: "150" }] })
  assert.deepEqual(twice.reached, { a: 3 })
  assert.equal(twice.rows.length, 2)
  const many = Array.from({ length: 3000 }, (_, i) => ({ ...ROW, given: String(i) }))
  const full = merged(empty(), { lesson: "", step: 0, log: many })
  assert.equal(full.rows.length, 2000)
  assert.equal(full.rows.at(-1).given, "2999")
  assert.deepEqual(full.reached, {})
})

test("no spreadsheet reads an answer as a formula, and commas and quotes stay in their cell", () => {
  const text = csv([{ ...ROW, given: "=1+1", question: 'He said "148, 148"\nand left' }])
  assert.ok(text.includes("'=1+1"))
  assert.ok(text.includes('"He said ""148, 148""\nand left"'))
  assert.equal(csv([]), "when,lesson,step,question,given,right,slip")
})

const NOW = new Date("2026-01-01T00:00:00Z")
const TAKEN = { code: "hypbsau7", which: "before", given: [36, null], rows: [] }

test("a code says nothing of who it is, and one that is none makes room for another", () => {
  const bytes = Uint8Array.from([0, 30, 31, 255, 7, 8, 9, 10])
  assert.match(coded(empty(), bytes).code, /^[a-hjkmnp-z2-9]{8}$/)
  assert.match(coded(empty()).code, /^[a-hjkmnp-z2-9]{8}$/)
  assert.equal(coded({ ...empty(), code: "hypbsau7" }, bytes).code, "hypbsau7")
  const other = coded({ ...empty(), code: "<img>", checks: { before: { answers: [] } } }, bytes)
  assert.match(other.code, /^[a-hjkmnp-z2-9]{8}$/)
  assert.deepEqual(other.checks, {})
})

test("an answer keeps the moment at which it came, and fewer never take the place of more", () => {
  const once = answered({ ...empty(), code: "hypbsau7" }, TAKEN, NOW)
  const twice = answered(once, { ...TAKEN, given: [36, null, 5] }, new Date("2026-01-02T00:00:00Z"))
  assert.deepEqual(answersOf(twice, "before").map(({ when }) => when.slice(8, 10)), ["01", "01", "02"])
  assert.equal(answered(twice, TAKEN, NOW), twice)
  assert.deepEqual(answersOf(answered(twice, { ...TAKEN, code: "abcdefgh" }, NOW), "before").length, 2)
})

test("what is no answer ends what was kept, whatever stands there", () => {
  for (const answers of [null, 7, "x", {}]) assert.deepEqual(answersOf({ checks: { before: { answers } } }, "before"), [])
  for (const bad of [null, {}, { given: "1" }, { given: -1 }, { given: 1.5 }, { given: 1e30 }]) {
    assert.equal(answersOf({ checks: { before: { answers: [{ given: 1 }, bad, { given: 2 }] } } }, "before").length, 1)
  }
  for (const checks of [undefined, null, 7, { before: null }]) assert.deepEqual(checkRows({ checks }), [])
})

test("the rows of both checks come in their order with their moments, and lessons leave them alone", () => {
  const row = { code: "hypbsau7", check: "before", number: 1, given: 36 }
  const kept = answered({ ...empty(), code: "hypbsau7" }, { ...TAKEN, given: [36], rows: [row] }, NOW)
  const later = merged(kept, { lesson: "a", step: 1, log: [ROW] })
  const both = answered(later, { ...TAKEN, which: "after", given: [7], rows: [{ ...row, check: "after" }] }, NOW)
  assert.deepEqual(checkRows(both).map(({ check, when }) => [check, when.slice(0, 4)]), [["before", "2026"], ["after", "2026"]])
  assert.ok(csv(checkRows(both), CHECK_COLUMNS).startsWith("code,check,number,kind"))
})

test("the outline stays inside the window", () => {
  assert.deepEqual(outline({ left: 100, top: 50, right: 200, bottom: 80 }, 1000, 700), { left: 94, top: 44, width: 112, height: 42 })
  const large = outline({ left: -50, top: -50, right: 5000, bottom: 5000 }, 1000, 700)
  assert.deepEqual(large, { left: 2, top: 2, width: 996, height: 696 })
  assert.equal(outline({ left: 100, top: 900, right: 200, bottom: 950 }, 1000, 700).height, 0)
})

test("what scrolls beneath something else is not outlined there", () => {
  const row = { left: 180, top: 100, right: 1200, bottom: 130 }
  const table = { left: 180, top: 90, right: 900, bottom: 600 }
  const page = { left: 0, top: 110, right: 1280, bottom: 720 }
  assert.deepEqual(within(row, [table, page]), { left: 180, top: 110, right: 900, bottom: 130 })
  assert.deepEqual(within(row, []), row)
})
