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

const MOST_PLACES = 16

/**
 * A number with so many decimals, and with two digits where it would read as 0 but is not.
 * @param {number} value
 * @param {number} places
 */
export function decimal(value, places) {
  const rounded = value.toFixed(places)
  const text = value !== 0 && Number(rounded) === 0 ? String(Number(value.toPrecision(2))) : rounded
  return text.replaceAll("-", "−")
}

/**
 * A share of `whole` with as many decimals as it takes not to read as nothing or all where it is neither.
 * @param {number} share
 * @param {number} places
 * @param {number} whole 1, or 100 for a percentage
 */
export function share(share, places, whole = 1) {
  const reads = (/** @type {number} */ digits) => Number((whole * share).toFixed(digits))
  let digits = places
  while (share > 0 && share < 1 && (reads(digits) === 0 || reads(digits) === whole) && digits < MOST_PLACES) digits += 1
  return (whole * share).toFixed(digits)
}

/**
 * A number with four digits that count.
 * @param {number} value
 */
export function plain(value) {
  return String(Number(value.toPrecision(4))).replaceAll("-", "−")
}

/**
 * A number of the arithmetic written out: four digits, in brackets below zero, null where it is padding.
 * @param {number | null} value
 */
export function exact(value) {
  if (value === null) return "padding"
  return value < 0 ? `(${plain(value)})` : plain(value)
}
