// Where the letters of a sequence stand on a page, and what is read of them.
import assert from "node:assert/strict"
import test from "node:test"

import { placeAt } from "../../cnnlab/ui/components/convolution/arithmetic.js"
import { afterKey, columnsIn, layout, parts, positionAt } from "../../cnnlab/ui/components/sequences/layout.js"
import { lettersUnder, placeSaid } from "../../cnnlab/ui/components/sequences/places.js"
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

const VIEW = {
  letters: "ACG",
  columns: { starts: [-1, 0, 1], taps: [0, 1], length: 3 },
  stages: ["relu"],
  pool: { name: "pool", over: [[0, 0], [0, 1], null] },
  arrays: { stage0: [0, 2, 3], pooled: [2, 3] },
}

test("a window is read with padding as a dot, and with what comes behind it", () => {
  assert.deepEqual([0, 1, 2].map((place) => lettersUnder(VIEW, place)), [".A", "AC", "CG"])
  assert.equal(placeSaid(VIEW, 1, 2), "positions 1 to 2, AC; the sum is 2.00; relu gives 2.00; pool gives 2.00")
  assert.equal(placeSaid(VIEW, 2, 3), "positions 2 to 3, CG; the sum is 3.00; relu gives 3.00")
})

test("a sequence is taken apart by the arithmetic of pictures: four channels of height one", () => {
  const inputs = Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0])
  const kernel = Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8])
  const rows = { starts: [0], taps: [0], length: 1 }
  const view = { ...VIEW, rows, held: 4, mode: "sum", bias: 0.5, arrays: { inputs, kernel } }
  assert.deepEqual([0, 1, 2].map((place) => placeAt(view, 0, place).result), [2.5, 5.5, 9.5])
})
