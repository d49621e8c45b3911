// Where the letters of a sequence stand on a page: in lines of as many as fit, each with its tracks below it.

export const GUTTER = 18 // pixels before a line, for the names of its rows
export const ROW = 17 // height of a row of cells
export const HEAD = 16 // of the name above a track, and of the numbers above the letters
export const BAND = 18 // of what lies beneath the letters
export const TALL = 64 // of a track of letters
const [LEAST, MOST] = [13, 26] // width of a letter

/**
 * How many letters stand in a line and how wide each is; a sequence of several lines breaks after a full ten.
 * @param {number} length
 * @param {number} width pixels
 * @returns {{ line: number, cell: number, lines: number }}
 */
export function layout(length, width) {
  const fits = Math.max(10, Math.floor((width - GUTTER) / LEAST))
  const line = length <= fits ? length : fits - (fits % 10)
  return { line, cell: Math.min(MOST, (width - GUTTER) / line), lines: Math.ceil(length / line) }
}

/**
 * How far down each part of a line begins, and how tall a line is.
 * @param {{ rows: boolean }[]} tracks
 * @param {boolean} beneath whether something lies beneath the letters
 */
export function parts(tracks, beneath) {
  let down = HEAD + 4 * ROW
  const band = down
  if (beneath) down += BAND
  const tops = tracks.map(({ rows }) => {
    const top = down + HEAD
    down = top + (rows ? 4 * ROW : TALL) + 4
    return top
  })
  return { band, tops, height: down + 2 }
}

/**
 * The position under a point of a line, the nearest one if it has left the line.
 * @param {{ line: number, cell: number }} laid
 * @param {number} x pixels from the line's left edge
 * @param {number} index of the line
 * @param {number} length
 */
export function positionAt({ line, cell }, x, index, length) {
  const column = Math.min(line - 1, Math.max(0, Math.floor((x - GUTTER) / cell)))
  return Math.min(length - 1, index * line + column)
}

/**
 * The part of a range that stands in a line, as first and last column; null for none.
 * @param {{ line: number }} laid
 * @param {number} index of the line
 * @param {number} first
 * @param {number} last
 * @returns {[number, number] | null}
 */
export function columnsIn({ line }, index, first, last) {
  const [from, to] = [Math.max(first, index * line), Math.min(last, (index + 1) * line - 1)]
  return from > to ? null : [from - index * line, to - index * line]
}

/**
 * Where a key leads from a position; null for a key that does not move. Up and down go from line to line.
 * @param {string} key
 * @param {number} at
 * @param {number} length
 * @param {number} line
 */
export function afterKey(key, at, length, line) {
  const to = {
    ArrowLeft: at - 1,
    ArrowRight: at + 1,
    ArrowUp: at - line,
    ArrowDown: at + line,
    PageUp: at - 10,
    PageDown: at + 10,
    Home: 0,
    End: length - 1,
  }[key]
  return to === undefined ? null : Math.min(length - 1, Math.max(0, to))
}
