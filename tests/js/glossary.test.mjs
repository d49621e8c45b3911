// Which words of a text are terms of the glossary, and where their explanation stands.
import assert from "node:assert/strict"
import test from "node:test"

import { beside, finder, firstPlaces } from "../../cnnlab/ui/components/lessons/terms.js"

const TERMS = finder([
  [["kernel", "kernels"], "", "en"],
  [["pooling", "max pooling"], "", "en"],
  [["ReLU"], "", "en"],
  [["None"], "", "en"],
  [["a.b (c)"], "", "en"],
])

function found(text, seen = new Set()) {
  return firstPlaces(text, TERMS, seen).map(({ start, end }) => text.slice(start, end))
}

test("a term is found once, the longest words first, also at the beginning of a sentence", () => {
  assert.deepEqual(found("Kernels: each kernel is one. Then max\n pooling and pooling."), ["Kernels", "max\n pooling"])
})

test("what was seen before is not found again", () => {
  const seen = new Set()
  assert.deepEqual(found("a kernel", seen), ["kernel"])
  assert.deepEqual(found("a kernel and pooling", seen), ["pooling"])
})

test("a word with capitals is found as it stands, and only whole words are found", () => {
  assert.deepEqual(found("none, relu, ReLU, None"), ["ReLU", "None"])
  for (const text of ["kernel_size", "kernel=3", "kernel(3)", "subkernel", "kernelé", "my.kernel", "max_pooling2d", "a-kernel"]) {
    assert.deepEqual(found(text), [], text)
  }
})

test("signs of patterns in a term mean themselves", () => {
  assert.deepEqual(found("axb (c), a.b (c)"), ["a.b (c)"])
  assert.deepEqual(firstPlaces("anything", finder([]), new Set()), [])
})

test("markup in a text is only text, and long texts take no time", () => {
  assert.deepEqual(found('<img src=x onerror="kernel"> <b>pooling</b>'), ["kernel", "pooling"])
  const began = performance.now()
  found("kerne ".repeat(200_000) + "max ".repeat(100_000))
  assert.ok(performance.now() - began < 1000)
})

test("an explanation lies below its term, above it at the lower border, never beside the window", () => {
  const box = { width: 300, height: 80 }
  assert.deepEqual(beside({ left: 50, top: 100, bottom: 120 }, box, 400, 700), { left: 50, top: 126 })
  assert.deepEqual(beside({ left: 390, top: 650, bottom: 670 }, box, 400, 700), { left: 94, top: 564 })
  assert.deepEqual(beside({ left: -20, top: 10, bottom: 30 }, box, 200, 90), { left: 6, top: 36 })
})
