/**
 * Reads what `pack` in packing.py wrote: {...facts, arrays: {name: Float32Array or Uint8Array}}.
 * @param {Uint8Array} bytes
 * @returns {any}
 */
export function unpack(bytes) {
  const size = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)
  const { facts, arrays } = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + size)))
  const body = bytes.slice(4 + size).buffer
  const kinds = { float32: Float32Array, uint8: Uint8Array }
  const read = ([name, { dtype, offset, count }]) => [name, new kinds[dtype](body, offset, count)]
  return { ...facts, arrays: Object.fromEntries(Object.entries(arrays).map(read)) }
}
