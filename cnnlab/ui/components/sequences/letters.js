// A sequence with its tracks: read under the pointer or by the keyboard, and marked where the student sees a motif.
import { download, element } from "../common/dom.js"
import { unpack } from "../common/unpack.js"
import { paintLine } from "./draw.js"
import { afterKey, layout, positionAt } from "./layout.js"
import { readAt } from "./read.js"

export default function ({ data: packed, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".letters")
  const find = (selector) => root.querySelector(selector)
  const data = unpack(packed)
  const length = data.letters.length
  const stage = find(".letters-stage")
  const state = { at: null, span: data.mark, from: null }
  let laid = layout(length, 320)
  let canvases = []

  const paint = () => canvases.forEach((canvas, i) => paintLine(canvas, data, laid, i, state))

  function build() {
    laid = layout(length, Math.max(180, stage.clientWidth))
    if (canvases.length !== laid.lines) {
      canvases = Array.from({ length: laid.lines }, () => element("canvas"))
      canvases.forEach((canvas) => canvas.setAttribute("aria-hidden", "true"))
      stage.replaceChildren(...canvases)
    }
    paint()
  }

  function say() {
    const span = state.span
    const marked = data.asks && span ? `marked: positions ${span[0] + 1} to ${span[1] + 1}` : ""
    find(".letters-read").textContent = state.at === null ? marked : [readAt(data, state.at), marked].filter(Boolean).join("; ")
  }

  function show(at) {
    state.at = at
    paint()
    say()
  }

  function under(event) {
    const boxes = canvases.map((canvas) => canvas.getBoundingClientRect())
    const found = boxes.findIndex((box) => event.clientY < box.bottom)
    const index = found < 0 ? boxes.length - 1 : found
    return positionAt(laid, event.clientX - boxes[index].left, index, length)
  }

  const marks = (from, to) => (state.span = [Math.min(from, to), Math.max(from, to)])

  stage.onpointermove = (event) => {
    const at = under(event)
    if (state.from !== null) marks(state.from, at)
    show(at)
  }
  stage.onpointerleave = () => state.from === null && document.activeElement !== stage && show(null)
  stage.onpointerdown = (event) => {
    if (!data.asks) return show(under(event))
    stage.setPointerCapture(event.pointerId)
    state.from = under(event)
    marks(state.from, state.from)
    show(state.from)
  }
  stage.onpointerup = stage.onpointercancel = () => {
    state.from = null
    settle()
  }
  stage.onfocus = () => stage.matches(":focus-visible") && show(state.at ?? 0)
  stage.onblur = () => show(null)
  stage.onkeydown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    if (event.key === "Enter" && data.asks && state.span) return send()
    const to = afterKey(event.key, state.at ?? 0, length, laid.line)
    if (to === null) return
    event.preventDefault()
    if (data.asks) {
      state.start = event.shiftKey ? (state.start ?? state.at ?? 0) : undefined
      if (event.shiftKey) marks(state.start, to)
    }
    show(to)
    settle()
  }

  const send = () => setTriggerValue("mark", { first: state.span[0], last: state.span[1] })
  const settle = () => (find(".letters-send").disabled = !state.span)
  stage.classList.toggle("letters-asks", data.asks)
  stage.setAttribute(
    "aria-label",
    `The sequence, ${length} letters: ${data.letters}. Arrow keys move from letter to letter` +
      (data.asks ? ", with Shift they mark a range, Enter sends it." : "."),
  )
  find(".letters-hint").textContent = data.hint
  find(".letters-answer").hidden = !data.asks
  find(".letters-send").onclick = () => state.span && send()
  find(".letters-none").onclick = () => setTriggerValue("none", true)
  find(".letters-legend").replaceChildren(...legends(data))
  find(".letters-png").hidden = data.asks
  find(".letters-png").onclick = () => sheet(canvases).toBlob((blob) => download(blob, "sequence.png"))
  settle()
  build()
  say()
  const watch = new ResizeObserver(build)
  watch.observe(stage)
  root.dataset.ready = `${length} ${data.tracks.length}`
  return () => watch.disconnect()
}

function legends(data) {
  const made = data.tracks.map(({ name, rows, ends, unit }) => {
    const scale = element("span", "letters-scale")
    if (!rows) {
      scale.append(`${name}: the tallest letter is ${ends[1]} ${unit}`)
      return scale
    }
    const bar = element("i")
    bar.style.background = data.gradient
    scale.append(`${name}: ${ends[0]}`, bar, `${ends[1]} ${unit}`)
    return scale
  })
  const bar = (kind, text) => {
    const made = element("span", "letters-key")
    made.append(element("i", kind), text)
    return made
  }
  if (data.mark || data.asks) made.unshift(bar("mark", "your mark"))
  for (const { name, first, last } of data.planted ?? []) {
    made.unshift(bar("planted", `${name}: positions ${first + 1} to ${last + 1}`))
  }
  return made
}

// All lines below one another on one picture.
function sheet(canvases) {
  const whole = element("canvas")
  whole.width = Math.max(...canvases.map((each) => each.width))
  whole.height = canvases.reduce((sum, each) => sum + each.height, 0)
  const ink = whole.getContext("2d")
  let down = 0
  for (const each of canvases) {
    ink.drawImage(each, 0, down)
    down += each.height
  }
  return whole
}
