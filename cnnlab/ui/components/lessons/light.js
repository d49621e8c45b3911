// Outline the one thing that a step speaks of and dim the rest, without covering or locking anything.
const PATIENCE = 8000 // milliseconds for a page to draw it
const SETTLING = 4000 // milliseconds in which what a page still draws above may push it away again
const HANDS = ["wheel", "pointerdown", "keydown", "touchmove"]

/**
 * Find an element in the page, also inside the shadow of a component.
 * @param {string} selector
 * @param {Document | ShadowRoot} root
 * @returns {Element | null}
 */
export function deep(selector, root = document) {
  const found = root.querySelector(selector)
  if (found) return found
  for (const host of root.querySelectorAll("*")) {
    const inside = host.shadowRoot && deep(selector, host.shadowRoot)
    if (inside) return inside
  }
  return null
}

/** Return where the outline goes: around a box, inside the window. */
export function outline(box, width, height, margin = 6) {
  const left = Math.max(2, box.left - margin)
  const top = Math.max(2, box.top - margin)
  return {
    left,
    top,
    width: Math.max(0, Math.min(width - 2, box.right + margin) - left),
    height: Math.max(0, Math.min(height - 2, box.bottom + margin) - top),
  }
}

/** Return the part of a box that all of these boxes leave to be seen. */
export function within(box, clips) {
  const least = (side) => Math.max(box[side], ...clips.map((clip) => clip[side]))
  const most = (side) => Math.min(box[side], ...clips.map((clip) => clip[side]))
  return { left: least("left"), top: least("top"), right: most("right"), bottom: most("bottom") }
}

/** Return the boxes that an element scrolls in. */
function scrollers(element) {
  const found = []
  for (let at = element.parentElement; at; at = at.parentElement ?? at.getRootNode().host) {
    if (getComputedStyle(at).overflowX !== "visible" && getComputedStyle(at).display !== "contents") found.push(at.getBoundingClientRect())
  }
  return found
}

/** Outline what a selector finds, until the signal. */
export function shine({ at, lesson, step }, signal) {
  if (!at) return
  const light = document.createElement("div")
  light.className = "lesson-light"
  light.setAttribute("aria-hidden", "true")
  const began = performance.now()
  let target = null
  let shown = ""
  let settling = 0
  for (const kind of HANDS) addEventListener(kind, () => (settling = 0), { signal, passive: true, capture: true })

  const look = () => {
    if (!target?.isConnected) target = deep(at)
    if (!target) {
      light.remove()
      if (performance.now() - began > PATIENCE) clearInterval(timer)
      return
    }
    if (!light.isConnected) document.body.append(light)
    if (performance.now() < settling) bring(target)
    const place = outline(within(target.getBoundingClientRect(), scrollers(target)), innerWidth, innerHeight)
    const next = JSON.stringify(place)
    if (next === shown) return
    shown = next
    for (const [side, value] of Object.entries(place)) light.style[side] = `${value}px`
    light.hidden = place.width === 0 || place.height === 0
    const seen = `${lesson} ${step}`
    if (document.documentElement.dataset.lessonSeen !== seen) {
      document.documentElement.dataset.lessonSeen = seen
      settling = performance.now() + SETTLING
      bring(target)
    }
  }
  const timer = setInterval(look, 120)
  look()
  signal.addEventListener("abort", () => {
    clearInterval(timer)
    light.remove()
  })
}

/** Scroll the target to where the dock does not cover it. */
function bring(target) {
  const box = target.getBoundingClientRect()
  const dock = document.querySelector(".st-key-lesson_dock")?.getBoundingClientRect()
  const low = dock && dock.left < box.right && dock.width > innerWidth * 0.8 ? dock.top : innerHeight
  if (box.top >= 60 && box.bottom <= low) return
  const scroller = target.closest("[data-testid=stMain]") ?? document.querySelector("[data-testid=stMain]")
  if (scroller) scroller.scrollTop += box.top - Math.max(70, (low - box.height) / 3)
}
