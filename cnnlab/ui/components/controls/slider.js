// What a slider shows besides its thumb.

/**
 * How much of its track a slider fills, as CSS writes it; nothing where it has no room to move.
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
export const fillOf = (value, min, max) => `${(100 * (value - min)) / (max - min || 1)}%`

/**
 * Show on a slider how far it is moved.
 * @param {HTMLInputElement} input
 */
export function showFill(input) {
  input.style.setProperty("--fill", fillOf(Number(input.value), Number(input.min), Number(input.max)))
}
