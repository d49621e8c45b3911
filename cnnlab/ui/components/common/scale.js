// The one scale of signed values: zero in the middle of 256 colours.
import { token } from "./tokens.js"

/** @typedef {[number, number, number]} Colour red, green and blue, 0 to 255 */

const ZERO = 127

/**
 * Where a value of a scale from -limit to limit stands in the palette; the middle is exactly zero.
 * @param {number} value
 * @param {number} limit
 */
export function indexOf(value, limit) {
  return limit > 0 ? Math.trunc(Math.min(2 * ZERO, Math.max(0, (value * ZERO) / limit + ZERO + 0.5))) : ZERO
}

/**
 * The palette's colour for a value.
 * @param {Uint8Array} palette of 256 colours, three bytes each
 * @param {number} value
 * @param {number} limit
 * @returns {Colour}
 */
export function shade(palette, value, limit) {
  const index = indexOf(value, limit)
  return [palette[3 * index], palette[3 * index + 1], palette[3 * index + 2]]
}

/**
 * What is read on a colour: dark ink or white.
 * @param {Colour} colour
 */
export const inkOn = ([r, g, b]) => token(r * 0.3 + g * 0.59 + b * 0.11 > 140 ? "ink" : "paper")

/**
 * The colour as CSS writes it.
 * @param {Colour} colour
 */
export const css = ([r, g, b]) => `rgb(${r},${g},${b})`
