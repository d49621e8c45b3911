// Where the letters of a sequence stand on a page, and what is read of them.
import assert from "node:assert/strict"
import test from "node:test"

import { afterKey, columnsIn, layout, parts, positionAt } from "../../cnnlab/ui/components/sequences/layout.js"
import { readAt } from "../../cnnlab/ui/components/sequences/read.js"

test("a sequence stands in one line where it fits, else in lines of full tens", () => {
  assert.deepEqual(layout(50, 918), { line: 50, cell: 18, lines: 1 })
  const phone = layout(50, 340)
  assert.equal(phone.line, 20)
  assert.equal(phone.lines, 3)
  assert.ok(18 + phone.cell * phone.line <= 340)
  assert.deepEqual(layout(10, 2000), { line: 10, cell: 26, lines: 1 })
})

test("the position under a point is the nearest one, also past the ends of a line", () => {
  const laid = { line: 20, cell: 10 }
  assert.equal(positionAt(laid, 18, 0, 50), 0)
  assert.equal(positionAt(laid, 18 + 35, 1, 50), 23)
  assert.equal(positionAt(laid, 0, 1, 50), 20)
  assert.equal(positionAt(laid, 9999, 2, 50), 49)
})

test("a range is cut into the columns of each line", () => {
  const laid = { line: 20 }
  assert.deepEqual([0, 1, 2].map((i) => columnsIn(laid, i, 15, 24)), [[15, 19], [0, 4], null])
})

test("keys move within the sequence, up and down by a line", () => {
  assert.equal(afterKey("ArrowRight", 49, 50, 20), 49)
  assert.equal(afterKey("ArrowDown", 5, 50, 20), 25)
  assert.equal(afterKey("Home", 30, 50, 20), 0)
  assert.equal(afterKey("x", 30, 50, 20), null)
})

test("tracks stand below one another, and what lies beneath makes room", () => {
  const [without, beneath] = [false, true].map((band) => parts([{ rows: true }, { rows: false }], band))
  assert.ok(beneath.tops[0] > without.tops[0])
  assert.ok(without.tops[1] > without.tops[0])
  assert.ok(without.height > without.tops[1])
})

test("a position is read with its letter, the truth and every change", () => {
  const data = {
    letters: "AC",
    planted: [{ first: 1, last: 1, name: "invented" }],
    tracks: [
      { key: "changes", name: "Changes", rows: true, unit: "of P" },
      { key: "own", name: "gradient × input", rows: false, unit: "" },
    ],
    arrays: { changes: Float32Array.from([0, 0, 0, 0, 0.5, 0, -0.25, 0]), own: Float32Array.from([0, -1]) },
  }
  assert.equal(
    readAt(data, 1),
    "position 2, C; in invented; to A +0.50, to G −0.25, to T 0.00 of P; gradient × input −1.00",
  )
})
