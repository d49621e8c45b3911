// What the living network computes: edges, the part of the picture that a place sees, and where keys lead.
import assert from "node:assert/strict"
import test from "node:test"

import { template } from "../../cnnlab/ui/components/home/columns.js"
import { curve, curves, sourcesOf } from "../../cnnlab/ui/components/home/edges.js"
import { boxOver, fieldWords, seenAt } from "../../cnnlab/ui/components/home/field.js"
import { landing } from "../../cnnlab/ui/components/home/moves.js"

const COLUMNS = [{ reads: [[]] }, { reads: [[0], [0]] }, { reads: [[0, 1], [1]] }]
const boxOf = (column, tile) => ({ left: 100 * column, right: 100 * column + 50, middle: 10 * tile })

test("a tile leads to the tiles of the column before that it reads", () => {
  assert.deepEqual(sourcesOf(COLUMNS[2], 2, 0), [[1, 0], [1, 1]])
  assert.deepEqual(sourcesOf(COLUMNS[0], 0, 0), [])
  assert.deepEqual(sourcesOf(undefined, 4, 0), [])
})

test("an edge runs from the right side of what is read to the left side of who reads", () => {
  assert.equal(curve(boxOf(1, 1), boxOf(2, 0)), "M150 10C175 10 175 0 200 0")
  assert.equal(curves(COLUMNS, [[2, 1]], boxOf), "M150 10C175 10 175 10 200 10")
  assert.equal(curves(COLUMNS, [[1, 0]], () => null), "")
})

test("a place sees the rows and columns that were told for it", () => {
  const sees = [[[0, 2], [1, 3], null], [[0, 9]]]
  assert.deepEqual(seenAt(sees, 0.5, 0.99), [[1, 3], [0, 9]])
  assert.equal(seenAt(sees, 0.99, 0), null, "padding alone sees nothing")
  assert.deepEqual(seenAt(sees, -1, 2), [[0, 2], [0, 9]])
  assert.equal(seenAt(null, 0, 0), null)
  assert.deepEqual(boxOver([[1, 3], [0, 9]], [10, 20]), { top: "10%", left: "0%", height: "30%", width: "50%" })
  assert.equal(fieldWords([[1, 3], [4, 4]]), "The place sees rows 1 to 3 and column 4 of the picture.")
})

test("arrow keys walk through tiles and columns and stop at the ends", () => {
  const tiles = [1, 5, 5, 1]
  assert.deepEqual(landing("ArrowRight", [0, 0], tiles), [1, 2])
  assert.deepEqual(landing("ArrowDown", [1, 4], tiles), [1, 4])
  assert.deepEqual(landing("ArrowLeft", [1, 3], tiles), [0, 0])
  assert.deepEqual(landing("End", [1, 3], tiles), [3, 0])
  assert.equal(landing("a", [1, 3], tiles), null)
})

test("layers that keep the channels stand closer to the one before", () => {
  const widths = template([{}, { near: false }, { near: true }]).split(") ")
  assert.equal(widths.length, 7)
  assert.notEqual(widths[1], widths[3])
})
