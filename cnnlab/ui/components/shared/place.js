// Carry a place of a map over to the next page, once.
const KEY = "cnnlab.place"

/** Remember a place for the page that opens next. */
export function leavePlace(storage, { row, column }) {
  try {
    storage.setItem(KEY, JSON.stringify([row, column]))
  } catch {
    // A browser may forbid storage; then the next page begins in the middle.
  }
}

/** Return the place that was left, if it lies in a map of this size, and forget it; else the middle. */
export function takePlace(storage, height, width) {
  const middle = { row: height >> 1, column: width >> 1, held: false }
  try {
    const left = JSON.parse(storage.getItem(KEY) ?? "null")
    storage.removeItem(KEY)
    const inside = (value, length) => Number.isInteger(value) && value >= 0 && value < length
    if (!Array.isArray(left) || !inside(left[0], height) || !inside(left[1], width)) return middle
    return { row: left[0], column: left[1], held: true }
  } catch {
    return middle
  }
}
