// Explain each term where it first stands on a page: by pointer, by focus, by a tap; Escape puts the explanation away.
// Only text that is set as a whole is marked, by st.html or by a script of ours: there React keeps no node of its own
// that a mark could take away from it. A live region is left alone, since a screen reader would read it out once more.
import { beside, finder, firstPlaces } from "./terms.js"

const QUIET = 400 // milliseconds without a change before the page is looked through
const LATEST = 3000 // milliseconds after which it is looked through although it does not come to rest
const LEAVING = 250 // milliseconds in which a pointer may go from the term to its explanation
const MOST = { parts: 400, letters: 100_000 } // of text that is looked through
const PARTS = ".stHtml, .home-steps p, .conv p.quiet, .preset-why"
const REGIONS = ".st-key-lesson_dock, [data-testid=stPopoverBody]"
const NO_TEXT = "a, button, code, pre, table, svg, style, h1, h2, h3, label, summary, dt, [role=status], [role=alert], [aria-hidden=true], .said, .big-number, .lesson-head, .st-key-check_question, .st-key-exercises"

let stop = () => {}

export default function ({ data: [terms], parentElement }) {
  stop()
  const stops = [watch(finder(terms)), explain(terms, parentElement.querySelector(".term-tip"))]
  const mine = () => stops.splice(0).forEach((each) => each())
  stop = mine
  return mine
}

/** Mark the terms whenever the page has changed and come to rest. */
function watch(terms) {
  let waiting = 0
  let since = 0
  const changed = new MutationObserver(() => wait())
  const wait = () => {
    const now = performance.now()
    since ||= now
    clearTimeout(waiting)
    waiting = setTimeout(look, Math.max(0, Math.min(QUIET, since + LATEST - now)))
  }
  const look = () => {
    since = 0
    mark(terms)
    changed.takeRecords()
  }
  changed.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ["open"] })
  wait()
  return () => {
    clearTimeout(waiting)
    changed.disconnect()
  }
}

/** Mark each term once in every region: on the page, in the dock, in what is opened above the page. */
function mark(terms) {
  /** @type {Map<Element | null, Set<number>>} */
  const regions = new Map()
  let letters = 0
  for (const part of [...document.querySelectorAll(PARTS)].slice(0, MOST.parts)) {
    if (!part.checkVisibility?.() || part.closest(NO_TEXT)) continue
    const region = part.closest(REGIONS)
    if (!regions.has(region)) regions.set(region, new Set())
    for (const piece of pieces(part)) {
      letters += piece.textContent.length
      if (letters > MOST.letters) return
      markIn(piece, terms, regions.get(region))
    }
  }
}

/** Return the texts and the marks of a part, in their order. */
function pieces(part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT, (node) => {
    if (!(node instanceof Element)) return node.nodeValue.trim() ? NodeFilter.FILTER_ACCEPT : NodeFilter.FILTER_REJECT
    if (node.matches("dfn.term")) return NodeFilter.FILTER_ACCEPT
    return node.matches(NO_TEXT) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_SKIP
  })
  const found = []
  while (walker.nextNode()) if (!walker.currentNode.parentElement.matches("dfn.term")) found.push(walker.currentNode)
  return found
}

/** Mark what is new in a piece; a mark whose term stands further up by now is text again. */
function markIn(piece, terms, seen) {
  if (piece instanceof HTMLElement) {
    const term = Number(piece.dataset.term)
    if (seen.has(term)) piece.replaceWith(...piece.childNodes)
    seen.add(term)
    return
  }
  for (const { start, end, term } of firstPlaces(piece.nodeValue, terms, seen).reverse()) {
    const word = piece.splitText(start)
    word.splitText(end - start)
    const name = document.createElement("dfn")
    name.className = "term"
    name.tabIndex = 0
    name.dataset.term = String(term)
    word.replaceWith(name)
    name.append(word)
  }
}

/** Show what a term means while a pointer or the focus is on it. */
function explain(terms, tip) {
  let shown = null
  let leaving = 0
  const ended = new AbortController()

  const hide = () => {
    clearTimeout(leaving)
    shown?.removeAttribute("aria-describedby")
    shown = null
    tip.hidePopover()
  }
  const place = () => {
    if (!shown.isConnected) return hide()
    const { left, top } = beside(shown.getBoundingClientRect(), tip.getBoundingClientRect(), innerWidth, innerHeight)
    tip.style.translate = `${left}px ${top}px`
  }
  const show = (term) => {
    clearTimeout(leaving)
    if (term === shown) return
    if (shown) hide()
    const [[name], says, lang] = terms[Number(term.dataset.term)]
    const title = document.createElement("b")
    title.textContent = name
    tip.replaceChildren(title, `: ${says}`)
    tip.lang = lang
    shown = term
    term.setAttribute("aria-describedby", tip.id)
    tip.showPopover()
    place()
  }
  const termOf = (target) => (target instanceof Element ? target.closest("dfn.term") : null)
  const isHere = (target) => target instanceof Node && (shown.contains(target) || tip.contains(target))
  const on = (kind, act, capture = false) => document.addEventListener(kind, act, { signal: ended.signal, capture })

  on("pointerover", ({ target }) => {
    const term = termOf(target)
    if (term) return show(term)
    if (!shown) return
    clearTimeout(leaving)
    if (!isHere(target) && shown !== document.activeElement) leaving = setTimeout(hide, LEAVING)
  })
  on("focusin", ({ target }) => termOf(target) && show(termOf(target)))
  on("focusout", () => shown && !shown.matches(":hover") && hide())
  on("pointerdown", ({ target }) => {
    if (termOf(target)) show(termOf(target))
    else if (shown && !isHere(target)) hide()
  })
  on(
    "keydown",
    (event) => {
      if (!shown || event.key !== "Escape") return
      event.stopPropagation()
      hide()
    },
    true,
  )
  on("scroll", () => shown && place(), true)
  return () => {
    ended.abort()
    if (shown) hide()
  }
}
