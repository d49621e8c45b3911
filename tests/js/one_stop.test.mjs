// Which button an arrow key reaches in a row, a column or a field of buttons.
import assert from "node:assert/strict"
import test from "node:test"

import { landing } from "../../cnnlab/ui/components/common/one_stop.js"

test("in a row the arrows go one further and stop at the ends, and up and down are left to the page", () => {
  const keys = ["ArrowLeft", "ArrowRight", "Home", "End", "ArrowUp", "ArrowDown", "Tab", "Enter"]
  assert.deepEqual(keys.map((key) => landing(key, 1, 4, 4)), [0, 2, 0, 3, null, null, null, null])
  assert.equal(landing("ArrowLeft", 0, 4, 4), 0)
  assert.equal(landing("ArrowRight", 3, 4, 4), 3)
})

test("in a field up and down go a whole row, and nowhere beyond the field", () => {
  assert.equal(landing("ArrowDown", 1, 8, 3), 4)
  assert.equal(landing("ArrowUp", 4, 8, 3), 1)
  assert.equal(landing("ArrowDown", 5, 8, 3), 5)
  assert.equal(landing("ArrowUp", 2, 8, 3), 2)
})

test("in a column all four arrows go one further", () => {
  const keys = ["ArrowLeft", "ArrowUp", "ArrowRight", "ArrowDown"]
  assert.deepEqual(keys.map((key) => landing(key, 2, 5, 1)), [1, 1, 3, 3])
})
