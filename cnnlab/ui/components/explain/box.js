// A box of pixels that a student draws: two corners, both inside it.

/** @typedef {[number, number]} Pixel row and column */
/** @typedef {[number, number, number, number]} Box first row, first column, last row, last column */

/**
 * The box between two pixels, whichever was pressed first.
 * @param {Pixel} from
 * @param {Pixel} to
 * @returns {Box}
 */
export function boxBetween(from, to) {
  return [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.max(from[0], to[0]), Math.max(from[1], to[1])]
}

/**
 * The box in the middle of a picture that the keyboard begins with: half its height and width.
 * @param {[number, number]} size height and width
 * @returns {Box}
 */
export function middleBox([height, width]) {
  return [Math.floor(height / 4), Math.floor(width / 4), Math.floor((3 * height) / 4), Math.floor((3 * width) / 4)]
}

/**
 * The box after an arrow key: moved, or with Shift its last row or column moved. It stays inside the picture.
 * @param {Box} box
 * @param {string} key
 * @param {boolean} grows
 * @param {[number, number]} size height and width
 * @returns {Box | null} null for a key that does nothing
 */
export function afterKey(box, key, grows, [height, width]) {
  const step = Math.max(1, Math.round(Math.max(height, width) / 50))
  const by = { ArrowUp: [-step, 0], ArrowDown: [step, 0], ArrowLeft: [0, -step], ArrowRight: [0, step] }[key]
  if (!by) return null
  const [top, left, bottom, right] = box
  const within = (value, least, most) => Math.min(most, Math.max(least, value))
  if (grows) return [top, left, within(bottom + by[0], top, height - 1), within(right + by[1], left, width - 1)]
  const down = within(by[0], -top, height - 1 - bottom)
  const along = within(by[1], -left, width - 1 - right)
  return [top + down, left + along, bottom + down, right + along]
}

/**
 * Where a box lies over the picture, in hundredths of its height and width.
 * @param {Box} box
 * @param {[number, number]} size height and width
 */
export function over([top, left, bottom, right], [height, width]) {
  const share = (count, whole) => `${(100 * count) / whole}%`
  return {
    top: share(top, height),
    left: share(left, width),
    height: share(bottom - top + 1, height),
    width: share(right - left + 1, width),
  }
}
