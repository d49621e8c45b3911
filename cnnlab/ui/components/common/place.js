// Carry a place of a map over to the next page, once; and tell whoever listens that one was pressed.
const KEY = "cnnlab.place"

const PRESSED = "cnnlab:place"

/**
 * Tell that a place was pressed; return whether nobody took it, so that the press may do something else.
 * @param {Element} map
 * @param {{ layer: number, channel: number, row: number, column: number }} place
 */
export function tellPlace(map, place) {
  return map.dispatchEvent(new CustomEvent(PRESSED, { detail: place, bubbles: true, composed: true, cancelable: true }))
}

/** Hear of every place that is pressed, until the signal; whoever takes it takes it still. */
export function hearPlaces(hear, signal) {
  document.addEventListener(PRESSED, (event) => hear(/** @type {CustomEvent} */ (event).detail), { signal })
}

/** Take every place that is pressed, until the signal. */
export function takePlaces(take, signal) {
  document.addEventListener(
    PRESSED,
    (event) => {
      event.preventDefault()
      take(/** @type {CustomEvent} */ (event).detail)
    },
    { signal },
  )
}

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
