// The colours of the one palette, which the page's own style names as CSS variables.
/** @type {Map<string, string>} */
const known = new Map()

/**
 * @param {string} name without the dashes
 * @returns {string}
 */
export function token(name) {
  if (!known.get(name)) known.set(name, getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim())
  return known.get(name)
}
