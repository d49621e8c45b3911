// A row or a field of buttons as one stop of the Tab key, by WAI-ARIA's pattern of a toolbar: arrow keys move within.

/**
 * Where a key leads from one of so many buttons in so many columns; null for a key that does not move.
 * @param {string} key
 * @param {number} at
 * @param {number} count
 * @param {number} columns
 * @returns {number | null}
 */
export function landing(key, at, count, columns) {
  const rows = columns < count ? { ArrowUp: at - columns, ArrowDown: at + columns } : {}
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1, ...rows }[key]
  if (to === undefined) return null
  return to >= 0 && to < count ? to : at
}

/**
 * Let Tab reach one of the buttons only: the focused one, else the selected one, else the one that it reached before.
 * @param {HTMLElement} root
 * @param {(HTMLElement | SVGElement)[]} buttons
 */
export function oneStop(root, buttons, selected = -1) {
  const focused = /** @type {Document | ShadowRoot} */ (root.getRootNode()).activeElement
  const settle = (at) => buttons.forEach((button, i) => (button.tabIndex = i === at ? 0 : -1))
  const now = buttons.findIndex((button) => button === focused)
  const before = Math.max(0, buttons.findIndex((button) => button.tabIndex === 0))
  settle(now >= 0 ? now : selected >= 0 && selected < buttons.length ? selected : before)
  buttons.forEach((button, i) => (button.onfocus = () => settle(i)))
  root.onkeydown = (event) => {
    const at = buttons.findIndex((button) => button === event.target)
    if (at < 0 || event.altKey || event.ctrlKey || event.metaKey) return
    const topOf = (button) => Math.round(button.getBoundingClientRect().top)
    const columns = buttons.filter((button) => topOf(button) === topOf(buttons[0])).length
    const to = landing(event.key, at, buttons.length, columns)
    if (to === null) return
    event.preventDefault()
    buttons[to].focus()
  }
}
