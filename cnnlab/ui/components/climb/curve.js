// The curve of a climb: what the unit answered after each step.

/**
 * The ends of the vertical axis: everything that is drawn lies between them, and zero too.
 * @param {ArrayLike<number>} values
 * @param {number | null} known an answer to compare with
 * @returns {[number, number]}
 */
export function endsOf(values, known) {
  const all = [...Array.from(values), 0, ...(known === null ? [] : [known])]
  const [low, high] = [Math.min(...all), Math.max(...all)]
  return high > low ? [low, high] : [low, low + 1]
}

/**
 * Where a value stands from the top of a figure.
 * @param {number} value
 * @param {[number, number]} ends
 * @param {number} height
 */
export const heightOf = (value, [low, high], height) => height - ((value - low) / (high - low)) * height

/**
 * The curve as the path of an SVG.
 * @param {ArrayLike<number>} values
 * @param {[number, number]} ends
 * @param {number} width
 * @param {number} height
 */
export function pathOf(values, ends, width, height) {
  const step = values.length > 1 ? width / (values.length - 1) : 0
  const points = Array.from(values, (value, i) => `${+(i * step).toFixed(2)} ${+heightOf(value, ends, height).toFixed(2)}`)
  return points.length ? `M${points.join("L")}` : ""
}
