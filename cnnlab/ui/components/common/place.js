// Carry a place of a map over to the next page, once; and tell whoever listens that one was pressed.
const KEY = "cnnlab.place"

const PRESSED = "cnnlab:place"
const FOLLOWED = "cnnlab:go"

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

/** Go to a place that somebody else shows: what is on the page does so now, and what opens next begins there. */
export function goTo(storage, place) {
  leavePlace(storage, place)
  document.dispatchEvent(new CustomEvent(FOLLOWED, { detail: place }))
}

/** Hear where to go, until the signal. */
export function hearWhereToGo(go, signal) {
  document.addEventListener(FOLLOWED, (event) => go(/** @type {CustomEvent} */ (event).detail), { signal })
}

/** Remember a place for the page that opens next; `layer` and `channel` only where they are not chosen anyway. */
export function leavePlace(storage, { row, column, layer = null, channel = null }) {
  try {
    storage.setItem(KEY, JSON.stringify([row, column, layer, channel]))
  } catch {
    // A browser may forbid storage; then the next page begins in the middle.
  }
}

/** Return the place of a map that was left, and forget it; null if there is none. */
export function takeMapPlace(storage) {
  try {
    const left = JSON.parse(storage.getItem(KEY) ?? "null")
    if (!Array.isArray(left) || left.length !== 4 || !left.every((value) => Number.isInteger(value) && value >= 0)) return null
    storage.removeItem(KEY)
    const [row, column, layer, channel] = left
    return { row, column, layer, channel }
  } catch {
    return null
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
