// What a place of a map sees of the picture.

/** @typedef {[number, number] | null} Seen the first and the last row or column; null where only padding is seen */

/**
 * What the place at a share of a map's height and width sees: rows and columns of the picture; null if that is nothing.
 * @param {[Seen[], Seen[]] | null | undefined} sees for places along the rows, and along the columns
 * @param {number} down 0 to 1
 * @param {number} along 0 to 1
 * @returns {[[number, number], [number, number]] | null}
 */
export function seenAt(sees, down, along) {
  if (!sees) return null
  const [rows, columns] = [down, along].map((share, axis) => {
    const places = sees[axis]
    return places[Math.min(places.length - 1, Math.max(0, Math.floor(share * places.length)))]
  })
  return rows && columns ? [rows, columns] : null
}

/**
 * The same as a box over the picture, in hundredths of its height and width.
 * @param {[[number, number], [number, number]]} seen
 * @param {[number, number]} size height and width of the picture
 */
export function boxOver([rows, columns], [height, width]) {
  const share = (count, whole) => `${(100 * count) / whole}%`
  return {
    top: share(rows[0], height),
    left: share(columns[0], width),
    height: share(rows[1] - rows[0] + 1, height),
    width: share(columns[1] - columns[0] + 1, width),
  }
}

/**
 * The same in words.
 * @param {[[number, number], [number, number]]} seen
 */
export function fieldWords([rows, columns]) {
  const span = ([first, last], what) => (first === last ? `${what} ${first}` : `${what}s ${first} to ${last}`)
  return `The place sees ${span(rows, "row")} and ${span(columns, "column")} of the picture.`
}
