// What the explain page computes in the browser: colours over a picture, and the box that a student draws.
import assert from "node:assert/strict"
import test from "node:test"

import { endsOf, heightOf, pathOf } from "../../cnnlab/ui/components/climb/curve.js"
import { blended } from "../../cnnlab/ui/components/explain/blend.js"
import { afterKey, boxBetween, middleBox, over } from "../../cnnlab/ui/components/explain/box.js"

// A palette in which colour i is (i, 0, 255 - i).
const palette = Uint8Array.from({ length: 768 }, (_, i) => [Math.floor(i / 3), 0, 255 - Math.floor(i / 3)][i % 3])

test("without a map, or at no strength, the picture is as it is", () => {
  const picture = Uint8Array.from([10, 20, 30, 40, 50, 60])
  const plain = [10, 20, 30, 255, 40, 50, 60, 255]
  assert.deepEqual([...blended(picture, 3, null, 1, palette, 0.7)], plain)
  assert.deepEqual([...blended(picture, 3, Float32Array.from([1, -1]), 1, palette, 0)], plain)
})

test("at full strength only the map's colours are left: the middle is zero, the ends are the limit", () => {
  const made = blended(Uint8Array.from([9, 9, 9]), 1, Float32Array.from([-2, 0, 2]), 2, palette, 1)
  assert.deepEqual([made[0], made[4], made[8]], [0, 127, 254])
})

test("in between both are mixed by their shares, and a grey picture is grey", () => {
  const made = blended(Uint8Array.from([200]), 1, Float32Array.from([0]), 1, palette, 0.5)
  assert.deepEqual([...made], [164, 100, 164, 255])
})

test("a box lies between two pixels, whichever was pressed first", () => {
  assert.deepEqual(boxBetween([7, 2], [3, 5]), [3, 2, 7, 5])
  assert.deepEqual(boxBetween([4, 4], [4, 4]), [4, 4, 4, 4])
})

test("the arrow keys move a box, and with Shift its lower right corner, never out of the picture", () => {
  const box = middleBox([40, 80])
  assert.deepEqual(box, [10, 20, 30, 60])
  assert.deepEqual(afterKey(box, "ArrowRight", false, [40, 80]), [10, 22, 30, 62])
  assert.deepEqual(afterKey([0, 0, 5, 5], "ArrowUp", false, [40, 80]), [0, 0, 5, 5])
  assert.deepEqual(afterKey([30, 70, 39, 79], "ArrowDown", true, [40, 80]), [30, 70, 39, 79])
  assert.deepEqual(afterKey([3, 3, 3, 3], "ArrowLeft", true, [40, 80]), [3, 3, 3, 3])
  assert.equal(afterKey(box, "a", false, [40, 80]), null)
})

test("a box covers its pixels whole", () => {
  assert.deepEqual(over([0, 0, 9, 19], [10, 40]), { top: "0%", left: "0%", height: "100%", width: "50%" })
})

test("the curve of a climb begins at the left, ends at the right, and has zero and what is known in sight", () => {
  const ends = endsOf([1, 3, 2], 5)
  assert.deepEqual(ends, [0, 5])
  assert.equal(pathOf([1, 3, 2], ends, 100, 50), "M0 40L50 20L100 30")
  assert.deepEqual([heightOf(5, ends, 50), heightOf(0, ends, 50)], [0, 50])
})

test("a climb of one step, or of a unit that says nothing, is a curve too", () => {
  assert.deepEqual(endsOf([0], null), [0, 1])
  assert.equal(pathOf([0], [0, 1], 100, 50), "M0 50")
  assert.equal(pathOf([], [0, 1], 100, 50), "")
})
