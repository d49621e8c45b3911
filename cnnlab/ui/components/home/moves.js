// Where an arrow key leads among columns of tiles.

/**
 * The column and tile that a key leads to; null for a key that does not move.
 * @param {string} key
 * @param {[number, number]} at column and tile
 * @param {number[]} tiles how many stand in each column
 * @returns {[number, number] | null}
 */
export function landing(key, [column, tile], tiles) {
  const beside = { ArrowLeft: column - 1, ArrowRight: column + 1, Home: 0, End: tiles.length - 1 }[key]
  const below = { ArrowUp: tile - 1, ArrowDown: tile + 1 }[key]
  if (beside === undefined && below === undefined) return null
  const to = beside === undefined ? column : Math.min(Math.max(beside, 0), tiles.length - 1)
  // A column of one tile is as tall as the others: half of them lie above its middle.
  const same = to !== column && tiles[column] === 1 ? Math.floor((tiles[to] - 1) / 2) : tile
  return [to, Math.min(Math.max(below ?? same, 0), tiles[to] - 1)]
}
