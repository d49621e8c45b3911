// Which tiles are joined, and the curves between them.

/** @typedef {{ left: number, right: number, middle: number }} Box the sides of a tile, and the height of its middle */

/**
 * Every edge to one tile of a column, as [column, tile] of what it reads in the column before.
 * @param {{ reads: number[][] } | undefined} facts of the column
 * @param {number} column
 * @param {number} tile
 * @returns {[number, number][]}
 */
export function sourcesOf(facts, column, tile) {
  return (facts?.reads[tile] ?? []).map((from) => [column - 1, from])
}

/**
 * A curve from the right side of one tile to the left side of another, as SVG writes it.
 * @param {Box} from
 * @param {Box} to
 */
export function curve(from, to) {
  const half = (from.right + to.left) / 2
  return `M${from.right} ${from.middle}C${half} ${from.middle} ${half} ${to.middle} ${to.left} ${to.middle}`
}

/**
 * All curves that lead to the tiles of `targets`, from what each of them reads.
 * @param {{ reads: number[][] }[]} columns
 * @param {[number, number][]} targets
 * @param {(column: number, tile: number) => Box | null} boxOf
 */
export function curves(columns, targets, boxOf) {
  return targets
    .flatMap(([column, tile]) => sourcesOf(columns[column], column, tile).map((source) => [boxOf(...source), boxOf(column, tile)]))
    .map(([from, to]) => (from && to ? curve(from, to) : ""))
    .join("")
}
