// Numbers as text, places on the scale, and the rates at a threshold.
import assert from "node:assert/strict"
import test from "node:test"

import { fillOf } from "../../cnnlab/ui/components/controls/slider.js"
import { normSaid } from "../../cnnlab/ui/components/convolution/words.js"
import { ratesAt } from "../../cnnlab/ui/components/run/rates.js"
import { brief, decimal, exact, share, told } from "../../cnnlab/ui/components/common/numbers.js"
import { leavePlace, takeMapPlace, takePlace } from "../../cnnlab/ui/components/common/place.js"
import { css, indexOf, shade } from "../../cnnlab/ui/components/common/scale.js"

test("a cell's number has as many digits as there is room for", () => {
  const said = [0, 0.0004, -0.0005, 0.05, 0.1, -9.876, 12.34, 123.4].map(brief)
  assert.deepEqual(said, ["0", "≈0", "−0.001", "0.050", "0.10", "−9.88", "12.3", "123"])
})

test("a number of a sum has three digits that count", () => {
  const said = [0, -0.0001, 0.5, -0.999, 1.005, 45.67, 1234.5].map(told)
  assert.deepEqual(said, ["0", "≈0", "0.500", "−0.999", "1.00", "45.7", "1235"])
})

test("the written arithmetic puts what is below zero in brackets", () => {
  assert.deepEqual([0.123456, -0.5, 12345.6, null].map(exact), ["0.1235", "(−0.5)", "12350", "padding"])
})

test("nothing reads as 0 that is not, nor as all that is less", () => {
  assert.deepEqual([0, 0.00003, -0.00003, 0.5].map((value) => decimal(value, 4)), ["0.0000", "0.00003", "−0.00003", "0.5000"])
  assert.deepEqual([0, 0.0002, 0.9997, 1].map((value) => share(value, 1, 100)), ["0.0", "0.02", "99.97", "100.0"])
  assert.equal(share(0.99996, 3), "0.99996")
})

test("batch normalization is told with its own numbers", () => {
  const said = normSaid({ gamma: 1.25, beta: -0.5, mean: 0.031, variance: 0.00052, epsilon: 0.001 })
  assert.equal(said.replaceAll("\u00a0", " "), "γ 1.25, β −0.5, μ 0.031, σ² 0.00052, ε 0.001")
})

test("zero stands in the middle of the scale, its ends at both ends, and nothing beyond", () => {
  assert.deepEqual([0, 2, -2, 9, -9, 1].map((value) => indexOf(value, 2)), [127, 254, 0, 254, 0, 191])
  assert.equal(indexOf(3, 0), 127)
})

test("a colour is looked up in the palette", () => {
  const palette = Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3))
  assert.equal(css(shade(palette, -1, 1)), "rgb(0,0,0)")
  assert.deepEqual(shade(palette, 1, 1), [254, 254, 254])
})

test("a slider fills what lies behind its thumb", () => {
  assert.deepEqual([fillOf(3, 1, 5), fillOf(1, 1, 5), fillOf(4, 4, 4)], ["50%", "0%", "0%"])
})

test("a rate is unknown where there is nothing to judge by", () => {
  assert.deepEqual(ratesAt([[6, 2], [1, 3]], 1), { roc: [0.25, 0.75], pr: [0.75, 0.6] })
  assert.deepEqual(ratesAt([[4, 0], [0, 0]], 1), { roc: [0, null], pr: [null, null] })
})

test("the rates of either class are those of the other one's table turned round", () => {
  assert.deepEqual(ratesAt([[6, 2], [1, 3]], 0), ratesAt([[3, 1], [2, 6]], 1))
})

test("a place goes over to the next page once, if there is one like it", () => {
  const held = new Map()
  const storage = { getItem: (key) => held.get(key) ?? null, setItem: (key, value) => held.set(key, value), removeItem: (key) => held.delete(key) }
  leavePlace(storage, { row: 3, column: 7 })
  assert.deepEqual(takePlace(storage, 10, 10), { row: 3, column: 7, held: true })
  assert.deepEqual(takePlace(storage, 10, 10), { row: 5, column: 5, held: false })
  leavePlace(storage, { row: 3, column: 17 })
  assert.deepEqual(takePlace(storage, 10, 10), { row: 5, column: 5, held: false })
  for (const nonsense of ["{", "[1]", '["a", "b"]', "7", "[-1, 2]", "[0.5, 1]"]) {
    held.set("cnnlab.place", nonsense)
    assert.equal(takePlace(storage, 10, 10).held, false)
    held.set("cnnlab.place", nonsense)
    assert.equal(takeMapPlace(storage), null)
  }
  leavePlace(storage, { row: 3, column: 7 })
  assert.equal(takeMapPlace(storage), null)
  leavePlace(storage, { row: 3, column: 7, layer: 2, channel: 31 })
  assert.deepEqual(takeMapPlace(storage), { row: 3, column: 7, layer: 2, channel: 31 })
  assert.equal(takeMapPlace(storage), null)
})
