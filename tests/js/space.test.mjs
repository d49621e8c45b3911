// Points of a plane: one scale for both directions, and where the arrow keys lead.
import assert from "node:assert/strict"
import test from "node:test"

import { next, placed, shapeOf } from "../../cnnlab/ui/components/space/marks.js"

test("both directions have one scale, up is up, and every point lies within", () => {
  const places = placed(Float32Array.of(0, 0, 10, 0, 10, 5), 640, 420, 20)
  assert.deepEqual(places[0], { x: 20, y: 360 })
  assert.deepEqual(places[1], { x: 620, y: 360 })
  assert.deepEqual(places[2], { x: 620, y: 60 })
})

test("a single point, or several in one place, stand in the middle", () => {
  assert.deepEqual(placed([3, 4], 640, 420, 20), [{ x: 320, y: 210 }])
  assert.deepEqual(placed([3, 4, 3, 4], 640, 420, 20)[1], { x: 320, y: 210 })
})

test("an arrow leads to the nearest point in its direction, and nowhere where there is none", () => {
  const points = [{ x: 0, y: 0 }, { x: 10, y: 8 }, { x: 14, y: 1 }, { x: 0, y: -5 }]
  assert.equal(next(points, 0, "ArrowRight"), 2)
  assert.equal(next(points, 2, "ArrowLeft"), 0)
  assert.equal(next(points, 0, "ArrowUp"), 3)
  assert.equal(next(points, 3, "ArrowUp"), 3)
  assert.equal(next(points, 0, "Tab"), null)
})

test("classes beside each other have different shapes", () => {
  assert.equal(new Set(Array.from({ length: 10 }, (_, i) => shapeOf(i))).size, 10)
})
