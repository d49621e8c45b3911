// What stands at one position of a sequence, in words: for a screen reader too.
import { decimal } from "../common/numbers.js"

const LETTERS = "ACGT"

/** A signed number, its plus written. */
export const signed = (value) => `${value > 0 ? "+" : ""}${decimal(value, 2)}`

/**
 * Read a position in every track.
 * @param {any} data what was sent
 * @param {number} at position, counted from 0
 */
export function readAt(data, at) {
  const said = [`position ${at + 1}, ${data.letters[at]}`]
  const over = (data.planted ?? []).filter(({ first, last }) => first <= at && at <= last)
  said.push(...over.map(({ name }) => `in ${name}`))
  for (const { key, name, rows, unit } of data.tracks) {
    const values = data.arrays[key]
    if (!rows) {
      said.push(`${name} ${signed(values[at])}`)
      continue
    }
    const each = [...LETTERS].map((letter, i) => [letter, values[4 * at + i]])
    const changes = each.filter(([letter]) => letter !== data.letters[at])
    said.push(`${changes.map(([letter, value]) => `to ${letter} ${signed(value)}`).join(", ")} ${unit}`)
  }
  return said.join("; ")
}
