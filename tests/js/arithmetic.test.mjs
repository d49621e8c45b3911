// What the convolution pages compute, on numbers that can be checked by hand.
import assert from "node:assert/strict"
import test from "node:test"

import { inputsOf, patchAt, placeAt, resized, shifted, slide } from "../../cnnlab/ui/components/convolution/arithmetic.js"

const axis = (starts, taps, length) => ({ starts, taps, length })
const count = (length) => Float32Array.from({ length }, (_, i) => i)
const three = { rows: axis([0, 1], [0, 1], 3), columns: axis([0, 1, 2], [0, 1], 4) }

test("a patch holds the values under the window, row by row", () => {
  assert.deepEqual(patchAt(count(12), three, 1, 2), [6, 7, 10, 11])
  assert.deepEqual(patchAt(count(24), three, 0, 0, 1), [12, 13, 16, 17])
})

test("a patch is null where the window stands on padding", () => {
  const padded = { rows: axis([-1, 1], [0, 1], 3), columns: axis([-1, 3], [0, 1], 4) }
  assert.deepEqual(patchAt(count(12), padded, 0, 0), [null, null, null, 0])
  assert.deepEqual(patchAt(count(12), padded, 1, 1), [7, null, 11, null])
})

test("a dilated window skips what lies between its taps", () => {
  const dilated = { rows: axis([0], [0, 2], 3), columns: axis([0, 1], [0, 2], 4) }
  assert.deepEqual(patchAt(count(12), dilated, 0, 1), [1, 3, 9, 11])
})

test("a place is the sum of its channels, of those that are not held, and of the bias", () => {
  const kernel = Float32Array.from([1, 0, 0, 0, 0, 0, 0, 2])
  const others = Float32Array.from([0, 0, 0, 0, 0, 7])
  const place = placeAt({ ...three, mode: "sum", held: 2, bias: 0.5, arrays: { inputs: count(24), kernel, others } }, 1, 2)
  assert.deepEqual(place.channels.map(({ sum }) => sum), [6, 46])
  assert.deepEqual(place.channels[1].products, [0, 0, 0, 46])
  assert.deepEqual([place.others, place.sum, place.result], [7, 59, 59.5])
})

test("padding counts neither for the largest nor for the mean of a pool", () => {
  const inputs = count(12).map((value) => -value - 1)
  const edge = { rows: axis([-1], [0, 1], 3), columns: axis([0], [0, 1], 4), held: 1, bias: 0, arrays: { inputs } }
  assert.equal(placeAt({ ...edge, mode: "max" }, 0, 0).result, -1)
  assert.equal(placeAt({ ...edge, mode: "average" }, 0, 0).result, -1.5)
  assert.deepEqual([...slide(inputs, edge, null, "max")], [-1])
  assert.deepEqual([...slide(inputs, edge, null, "average")], [-1.5])
})

test("a window slid over a map comes to the same as place by place", () => {
  const kernel = [1, 2, 3, 4]
  assert.deepEqual([...slide(count(12), three, kernel)], [34, 44, 54, 74, 84, 94])
  const arrays = { inputs: count(12), kernel: Float32Array.from(kernel) }
  assert.equal(placeAt({ ...three, mode: "sum", held: 1, bias: 0, arrays }, 1, 2).result, 94)
})

test("the picture's channels are its bytes times 1/255 in float32, as in training", () => {
  const picture = Uint8Array.from([9, 255, 51, 9, 0, 1])
  const view = { rows: axis([0], [0], 1), columns: axis([0], [0], 2), held: 2, first: 1, arrays: { picture } }
  const scale = Math.fround(1 / 255)
  assert.deepEqual([...inputsOf(view)], [1, 0, Math.fround(51 * scale), scale])
})

test("a kernel in another size keeps its middle", () => {
  assert.deepEqual(resized([5], 3), [0, 0, 0, 0, 5, 0, 0, 0, 0])
  assert.deepEqual(resized([1, 2, 3, 4, 5, 6, 7, 8, 9], 1), [5])
})

test("a shifted map repeats its edge", () => {
  assert.deepEqual([...shifted(count(6), 2, 3, [0, 1])], [0, 0, 1, 3, 3, 4])
  assert.deepEqual([...shifted(count(6), 2, 3, [-1, 0])], [3, 4, 5, 3, 4, 5])
})
