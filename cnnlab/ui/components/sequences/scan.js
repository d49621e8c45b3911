// The scan: a filter's answer at every place, and the one under the pointer taken apart. Only a teacher who leads
// tells the server of a place.
import { fit, paintGrid } from "../common/canvas.js"
import { download, element } from "../common/dom.js"
import { told } from "../common/numbers.js"
import { hearWhereToGo, takeMapPlace, tellPlace } from "../common/place.js"
import { unpack } from "../common/unpack.js"
import { token } from "../common/tokens.js"
import { patchAt, placeAt } from "../convolution/arithmetic.js"
import { afterKey, layout } from "./layout.js"
import { lettersUnder, placeSaid, poolOver, spanOf } from "./places.js"

const [TALL, GAP, WORD] = [74, 4, 16]
const MOST_SIDE = 360

export default function ({ data: packed, parentElement }) {
  const root = parentElement.querySelector(".scan")
  const find = (selector) => root.querySelector(selector)
  const view = unpack(packed)
  const { sums } = view.arrays
  const canvas = find("canvas")
  const state = (root.state ??= {})
  const name = `${view.filter} ${view.letters}`
  if (state.name !== name) Object.assign(state, { name, place: sums.indexOf(Math.max(...sums)) })
  let laid = layout(view.letters.length, 320)
  const x = (position) => laid.cell * (position % laid.line)
  const lineHeight = WORD + TALL + GAP
  const y = (position) => lineHeight * Math.floor(position / laid.line)

  function paint() {
    const ink = fit(canvas, laid.cell * laid.line, lineHeight * laid.lines)
    ink.fillStyle = token("paper")
    ink.fillRect(0, 0, laid.cell * laid.line, lineHeight * laid.lines)
    const [first, last] = spanOf(view, state.place)
    outlined(ink, first, last, token("away"))
    ink.textAlign = "center"
    ink.font = "600 11px system-ui, sans-serif"
    for (const [i, letter] of [...view.letters].entries()) {
      ink.fillStyle = token("ACGT".includes(letter) ? `letter-${letter.toLowerCase()}` : "quiet")
      ink.fillText(letter, x(i) + laid.cell / 2, y(i) + 12)
    }
    sums.forEach((sum, place) => {
      const at = Math.max(0, view.columns.starts[place])
      const high = view.limits.sums > 0 ? (sum / view.limits.sums) * (TALL / 2 - 2) : 0
      ink.fillStyle = token(place === state.place ? "ink" : sum > 0 ? "above" : "below")
      ink.fillRect(x(at) + 1, y(at) + WORD + TALL / 2 - Math.max(high, 0), laid.cell - 2, Math.max(1, Math.abs(high)))
    })
  }

  function outlined(ink, first, last, colour) {
    ink.fillStyle = colour
    ink.globalAlpha = 0.45
    for (let i = Math.max(0, first); i <= Math.min(last, view.letters.length - 1); i += 1) {
      ink.fillRect(x(i), y(i), laid.cell, WORD)
    }
    ink.globalAlpha = 1
  }

  function takeApart() {
    const { channels, result } = placeAt(view, 0, state.place)
    const grids = { patch: [1, "patch"], weights: [view.limits.kernel, "weights"], products: [view.limits.kernel, "products"] }
    const side = Math.min(MOST_SIDE, find(".scan-grids").clientWidth - 20, 28 * view.columns.taps.length)
    for (const [part, [limit]] of Object.entries(grids)) {
      const values = channels.flatMap((channel) => [...channel[part]])
      paintGrid(find(`[data-part="${part}"] canvas`), values, view.columns.taps.length, side, limit, view.arrays.palette)
    }
    find(".scan-window").textContent = lettersUnder(view, state.place)
    const lines = [["sum of the products", result - view.bias], ["+ bias", view.bias], ["= the filter's answer", result]]
    view.stages.forEach((stage, i) => lines.push([stage, view.arrays[`stage${i}`][state.place]]))
    const over = poolOver(view, state.place)
    if (over !== null) {
      const last = view.stages.length ? view.arrays[`stage${view.stages.length - 1}`] : sums
      const seen = patchAt(last, view.pool, 0, over).filter((value) => value !== null)
      lines.push([`${view.pool.name} of ${seen.map(told).join(", ")}`, view.arrays.pooled[over]])
    }
    find("dl").replaceChildren(
      ...lines.flatMap(([label, value]) => [element("dt", "", label), element("dd", "", told(value))]),
    )
    find(".scan-said").textContent = placeSaid(view, state.place, result)
  }

  function show(place) {
    state.place = Math.min(sums.length - 1, Math.max(0, place))
    paint()
    takeApart()
  }

  function build() {
    laid = layout(view.letters.length, Math.max(180, root.clientWidth))
    show(state.place)
  }

  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const box = canvas.getBoundingClientRect()
    const line = Math.floor((event.clientY - box.top) / lineHeight)
    const position = line * laid.line + Math.floor((event.clientX - box.left) / laid.cell)
    const before = view.columns.starts.filter((start) => start <= position).length
    show(before - 1)
  }
  canvas.onclick = () => tell()
  canvas.onkeydown = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const to = afterKey(event.key, state.place, sums.length, laid.line)
    if (to === null) return
    event.preventDefault()
    show(to)
    tell()
  }
  const tell = () => tellPlace(canvas, { layer: 0, channel: view.filter, row: state.place, column: 0 })
  canvas.setAttribute("aria-label", `Answers of filter ${view.filter} along the sequence, ${sums.length} places. Arrow keys move the window.`)
  const tall = told(view.limits.sums)
  find(".scan-scale").textContent =
    `Each bar is the filter's answer, with its bias and before any activation, at the first letter of its window: up to ${tall}, down to −${tall}.`
  find(".scan-png").onclick = () => canvas.toBlob((blob) => download(blob, `filter_${view.filter}.png`))
  const left = takeMapPlace(sessionStorage)
  if (left) state.place = Math.min(sums.length - 1, left.row)
  state.followed?.abort()
  state.followed = new AbortController()
  hearWhereToGo((place) => {
    takeMapPlace(sessionStorage)
    show(place.row)
  }, state.followed.signal)
  build()
  const watch = new ResizeObserver(build)
  watch.observe(root)
  root.dataset.ready = String(view.filter)
  return () => watch.disconnect()
}
