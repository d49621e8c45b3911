// A filter along a sequence: where its windows stand, and what is said of one of them. The arithmetic is that of the
// convolution page: a sequence is a picture of height one, and its letters are four channels.
import { inputAt } from "../convolution/arithmetic.js"
import { told } from "../common/numbers.js"

/** The letters under a window; a dot where padding is. */
export function lettersUnder(view, place) {
  const at = view.columns.taps.map((_, tap) => inputAt(view.columns, place, tap))
  return at.map((position) => (position < 0 ? "." : view.letters[position])).join("")
}

/** The first and the last position that a window covers, also where padding is. */
export function spanOf({ columns }, place) {
  return [columns.starts[place], columns.starts[place] + columns.taps.at(-1)]
}

/** The pooling window that takes a place, the first of several; null for none. */
export function poolOver({ pool }, place) {
  const over = pool?.over[place]
  return over ? over[0] : null
}

/** One sentence about one place. */
export function placeSaid(view, place, result) {
  const [first, last] = spanOf(view, place)
  const said = [`positions ${first + 1} to ${last + 1}, ${lettersUnder(view, place)}`, `the sum is ${told(result)}`]
  view.stages.forEach((name, i) => said.push(`${name} gives ${told(view.arrays[`stage${i}`][place])}`))
  const over = poolOver(view, place)
  if (over !== null) said.push(`${view.pool.name} gives ${told(view.arrays.pooled[over])}`)
  return said.join("; ")
}
