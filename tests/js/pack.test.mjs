// What `pack` in cnnlab/ui/parts/packing.py writes can be read; the unit tests hold that packed.b64 is what it writes.
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import test from "node:test"

import { unpack } from "../../cnnlab/ui/components/common/unpack.js"

const sample = Buffer.from(readFileSync(new URL("packed.b64", import.meta.url), "utf8"), "base64")

function check(view) {
  assert.equal(view.name, "größe")
  assert.deepEqual(view.pairs, [[0, 1], null])
  assert.deepEqual(view.arrays.bytes, Uint8Array.from([0, 1, 2, 3, 4, 5, 6]))
  assert.deepEqual(view.arrays.turned, Float32Array.from([0, 3, 1, 4, 2, 5]))
  assert.equal(view.arrays.empty.length, 0)
  assert.deepEqual(view.arrays.last, Float32Array.from([0.1, -1e30]))
}

test("facts and arrays come out as Python put them in", () => check(unpack(new Uint8Array(sample))))

test("also from a place in a larger buffer where no float could be read", () => {
  const larger = new Uint8Array(sample.length + 3)
  larger.set(sample, 3)
  check(unpack(larger.subarray(3)))
})
