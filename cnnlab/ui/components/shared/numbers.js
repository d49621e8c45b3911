// Numbers as text, short enough for where they stand.

/**
 * A number short enough for a cell: three decimals below a tenth, fewer above.
 * @param {number} value
 */
export function brief(value) {
  const size = Math.abs(value)
  if (size === 0) return "0"
  if (size < 0.0005) return "≈0"
  return value.toFixed(size < 0.1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0).replace("-", "−")
}

/**
 * A number of a sum, with three digits that count.
 * @param {number} value
 */
export function told(value) {
  const size = Math.abs(value)
  if (size < 0.0005) return size === 0 ? "0" : "≈0"
  return value.toFixed(size < 1 ? 3 : size < 10 ? 2 : size < 100 ? 1 : 0).replace("-", "−")
}

/**
 * A number of the arithmetic written out: four digits, in brackets below zero, null where it is padding.
 * @param {number | null} value
 */
export function exact(value) {
  if (value === null) return "padding"
  const text = String(Number(value.toPrecision(4))).replace("-", "−")
  return value < 0 ? `(${text})` : text
}
