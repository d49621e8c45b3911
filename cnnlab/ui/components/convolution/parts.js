// The left part of the convolution view: each input channel with its patch, its kernel, the products and their sum.
import { fit, frameOf, legend, mapImage, outline, paintGrid, paintMap } from "../common/canvas.js"
import { element } from "../common/dom.js"
import { told } from "../common/numbers.js"
import { token } from "../common/tokens.js"

export const NARROW = 700 // pixels; in less the parts share the width
const BESIDE_BARS = 330 // pixels of the buttons in the same line

export function makeParts(root, view, state) {
  const find = (selector) => root.querySelector(selector)
  const { palette, inputs, kernel } = view.arrays
  const sums = view.mode === "sum"
  const [high, wide] = [view.rows.taps.length, view.columns.taps.length]
  // A large kernel gets the room of all rows, so that its numbers can be read: one channel at a time, two by two.
  const large = Math.max(high, wide) > 4
  const narrow = root.clientWidth < NARROW
  const grid = narrow ? (root.clientWidth - 44) / (large ? 2 : 3) : large ? 186 : 108
  const shown = Math.min(view.held, large ? 1 : Math.floor(440 / (grid + 10)))
  const pages = Math.ceil(view.held / shown)
  const margin = [view.rows.before, view.columns.after, view.rows.after, view.columns.before]
  const area = view.rows.length * view.columns.length
  const images = new Map()
  let made = []
  state.page = Math.min(state.page, pages - 1)

  /** @type {[string, number | null][]} */
  const labels = [["input channel", view.limits.input], ["patch", null]]
  if (sums) labels.push(["kernel", view.limits.kernel], ["products", view.limits.product])
  const headed = !narrow && !large
  find(".conv-parts").classList.toggle("large", large)
  find(".conv-heads").replaceChildren(
    ...(headed ? [...labels.map(head), element("span", "conv-sum", sums ? "sum" : view.mode)] : []),
  )
  find(".conv-more").hidden = view.total <= shown
  build()

  function head([text, limit]) {
    const made = element("span", "conv-head", text)
    if (limit !== null) made.append(legend(view, limit))
    return made
  }

  function build() {
    const from = state.page * shown
    const count = Math.min(shown, view.held - from)
    made = Array.from({ length: count }, (_, i) => {
      const channel = from + i
      const row = element("div", "conv-row")
      const canvases = Array.from({ length: sums ? 4 : 2 }, () => element("canvas"))
      const sum = element("output", "conv-sum")
      sum.dataset.part = `channel${view.first + channel}`
      const name = element("span", "conv-channel", view.names[channel] ?? `[:, :, ${view.first + channel}]`)
      const cells = canvases.map((canvas, k) => {
        const cell = element("span", "conv-cell")
        if (k >= 2) cell.dataset.sign = k === 2 ? "×" : "="
        cell.append(canvas, ...(headed || i > 0 ? [] : [head(labels[k])]))
        return cell
      })
      cells[0].append(name)
      row.append(...cells, sum)
      return { channel, canvases, sum, row }
    })
    find(".conv-rows").replaceChildren(...made.map((each) => each.row))
    for (const { channel, canvases } of made) {
      if (sums) {
        const weights = kernel.subarray(channel * high * wide, (channel + 1) * high * wide)
        paintGrid(canvases[2], [...weights], wide, grid, view.limits.kernel, palette)
      }
    }
    const last = view.first + from + count - 1
    find(".conv-range").textContent = from + view.first === last
      ? `channel ${last} of ${view.total}`
      : `channels ${view.first + from}–${last} of ${view.total}`
    find("[data-page='-1']").disabled = view.first + from === 0
    find("[data-page='1']").disabled = last === view.total - 1
  }

  function imageOf(channel) {
    if (!images.has(channel)) {
      images.set(
        channel,
        mapImage(inputs, channel * area, view.rows.length, view.columns.length, view.limits.input, palette),
      )
    }
    return images.get(channel)
  }

  // The positions of the input, also beyond its border, that a window stands on.
  function under({ starts, taps, spread }, at) {
    return taps.map((tap) => (starts[at] + tap) / spread).filter(Number.isInteger)
  }

  function middleOf({ starts, taps, spread }, at) {
    return (starts[at] + taps.at(-1) / 2) / spread
  }

  function drawInput(canvas, channel, row, column, size, zoom) {
    const [ys, xs] = [under(view.rows, row), under(view.columns, column)]
    const middle = [middleOf(view.rows, row), middleOf(view.columns, column)]
    const frame = frameOf(view.rows.length, view.columns.length, size, margin, zoom, middle)
    const ink = paintMap(canvas, imageOf(channel), frame)
    if (!ys.length || !xs.length) return
    const [tall, broad] = [ys.at(-1) - ys[0] + 1, xs.at(-1) - xs[0] + 1]
    if (tall > ys.length || broad > xs.length) {
      for (const y of ys) {
        for (const x of xs) outline(ink, frame, y, x, 1, 1, token("ink"), 1)
      }
    } else outline(ink, frame, ys[0], xs[0], tall, broad, token("ink"))
  }

  function draw(place) {
    for (const { channel, canvases, sum } of made) {
      const part = place.channels[channel]
      drawInput(canvases[0], channel, state.row, state.column, grid, state.zoom)
      const marked = view.mode === "max" ? part.patch.indexOf(part.sum) : -1
      paintGrid(canvases[1], part.patch, wide, grid, view.limits.input, palette, marked)
      if (sums) paintGrid(canvases[3], part.products, wide, grid, view.limits.product, palette)
      sum.textContent = told(part.sum)
      sum.dataset.value = part.sum
    }
    if (!find(".conv-more").hidden) drawBars(place)
  }

  // Every held channel's sum as a bar, those in view dark.
  function drawBars(place) {
    const canvas = find(".conv-bars")
    const room = find(".conv-parts").clientWidth
    const [width, height] = [room - BESIDE_BARS < 120 ? Math.min(room, 360) : room - BESIDE_BARS, 40]
    const ink = fit(canvas, width, height)
    const most = Math.max(...place.channels.map((channel) => Math.abs(channel.sum)), 1e-9)
    const step = width / view.held
    const from = state.page * shown
    ink.fillStyle = token("padding")
    ink.fillRect(0, height / 2 - 0.5, width, 1)
    place.channels.forEach(({ sum }, i) => {
      const tall = (sum / most) * (height / 2 - 1)
      ink.globalAlpha = i >= from && i < from + shown ? 1 : 0.45
      ink.fillStyle = sum > 0 ? token("above") : token("below")
      ink.fillRect(i * step, height / 2 - Math.max(tall, 0), Math.max(step - 1, 1), Math.abs(tall))
    })
    ink.globalAlpha = 1
  }

  // Show other channels; returns the first one to ask the server for when they are not held here.
  function turn(by) {
    const page = state.page + by
    if (page >= 0 && page < pages) {
      state.page = page
      build()
      return null
    }
    return by > 0 ? view.first + view.held : Math.max(0, view.first - view.held)
  }

  function turnTo(share) {
    state.page = Math.floor(Math.min(share * view.held, view.held - 1) / shown)
    build()
  }

  // Turn to the channel that counts most at a place.
  function turnToStrongest(place) {
    const sizes = place.channels.map(({ sum }) => Math.abs(sum))
    turnTo((sizes.indexOf(Math.max(...sizes)) + 0.5) / view.held)
  }

  return { draw, drawInput, turn, turnTo, turnToStrongest, visible: () => made.map((each) => each.channel) }
}
