/**
 * An element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @returns {HTMLElementTagNameMap[Tag] & Record<string, any>}
 */
export function element(tag, name = "", text = "") {
  const made = document.createElement(tag)
  made.className = name
  made.textContent = text
  return made
}

/**
 * The child that a selector finds; made when there is none yet.
 * @param {HTMLElement} parent
 * @param {string} selector
 * @param {() => HTMLElement} make
 * @returns {any}
 */
export function ensure(parent, selector, make) {
  return parent.querySelector(`:scope > ${selector}`) ?? parent.appendChild(make())
}

/**
 * Put markup into a place, only when it changed, so that a selection or an open menu in it survives.
 * @param {HTMLElement & { shown?: string }} place
 * @param {string} html
 */
export function showHtml(place, html) {
  if (place.shown === html) return
  place.shown = html
  place.innerHTML = html
}

/**
 * Hand a file to the browser's downloads.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = element("a")
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 1000)
}
