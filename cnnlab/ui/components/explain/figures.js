// The figures: a canvas with its scale and what is said of it; one pixel is looked at in all of them.
import { element, ensure, showHtml } from "../common/dom.js"
import { decimal, plain } from "../common/numbers.js"
import { blended } from "./blend.js"
import { over } from "./box.js"

/**
 * Draw every figure in its place, and return what paints them again.
 * @param {any} root
 * @param {any} data what was sent
 * @param {() => number} strength of the maps over the picture, 0 to 1
 */
export function drawFigures(root, data, strength) {
  const place = root.querySelector(".explain-figures")
  const kept = new Map([...place.children].map((figure) => [figure.dataset.name, figure]))
  const figures = data.figures.map((facts) => figureOf(kept.get(facts.name), facts, data))
  place.replaceChildren(...figures)
  const paint = () => data.figures.forEach((facts, i) => paintOne(figures[i], facts, data, strength()))
  const show = (pixel) => {
    root.pixel = pixel
    data.figures.forEach((facts, i) => read(figures[i], facts, data, pixel))
  }
  if (!data.asks) listen(root, figures, data, show)
  paint()
  const [height, width] = data.size
  const last = root.pixel
  show(last && last[0] < height && last[1] < width ? last : null)
  return { paint }
}

function figureOf(kept, facts, data) {
  const figure = kept ?? element("figure")
  figure.dataset.name = facts.name
  showHtml(ensure(figure, "figcaption", () => element("figcaption")), facts.title)
  const stage = ensure(figure, ".explain-stage", () => element("div", "explain-stage"))
  const canvas = ensure(stage, "canvas", () => element("canvas"))
  canvas.tabIndex = 0
  canvas.setAttribute("role", "application")
  canvas.setAttribute("aria-label", `${facts.alt} ${data.asks ? "" : "Arrow keys move from pixel to pixel."}`)
  const scale = ensure(figure, ".explain-scale", () => element("div", "explain-scale"))
  scale.hidden = facts.limit === null
  scale.title = facts.beyond
  scale.replaceChildren(facts.ends[0], element("i"), facts.ends[1])
  const said = ensure(figure, ".explain-read", () => element("p", "explain-read"))
  said.hidden = data.asks
  showHtml(ensure(figure, ".explain-said", () => element("div", "explain-said")), facts.said)
  stage.querySelectorAll(".explain-box").forEach((box) => box.remove())
  if (data.box) Object.assign(stage.appendChild(element("i", "explain-box")).style, over(data.box, data.size))
  return figure
}

function paintOne(figure, facts, data, strength) {
  const canvas = figure.querySelector("canvas")
  const [height, width] = data.size
  Object.assign(canvas, { width, height })
  const values = facts.values === null ? null : data.arrays[facts.values]
  const pixels = blended(data.arrays.picture, data.channels, values, facts.limit ?? 0, data.arrays.palette, strength)
  canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0)
}

function read(figure, facts, data, pixel) {
  const stage = figure.querySelector(".explain-stage")
  const said = figure.querySelector(".explain-read")
  stage.querySelector(".explain-cross")?.remove()
  const values = facts.values === null ? null : data.arrays[facts.values]
  if (!pixel || !values) {
    said.textContent = ""
    return
  }
  const [row, column] = pixel
  const value = values[row * data.size[1] + column]
  Object.assign(stage.appendChild(element("i", "explain-cross")).style, over([row, column, row, column], data.size))
  const fall = facts.falls === null ? "" : `; P falls by ${decimal(data.arrays[facts.falls][row * data.size[1] + column], 2)}`
  said.textContent = `row ${row}, column ${column}: ${plain(value)} ${facts.unit}${fall}`
}

function listen(root, figures, data, show) {
  const [height, width] = data.size
  figures.forEach((figure) => {
    const canvas = figure.querySelector("canvas")
    canvas.onpointermove = (event) => show(pixelUnder(canvas, event, data.size))
    canvas.onfocus = () => show(root.pixel ?? [Math.floor(height / 2), Math.floor(width / 2)])
    canvas.onkeydown = (event) => {
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
      if (!by || event.altKey || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      const [row, column] = root.pixel ?? [0, 0]
      show([Math.min(height - 1, Math.max(0, row + by[0])), Math.min(width - 1, Math.max(0, column + by[1]))])
    }
  })
}

/**
 * The pixel of a picture under the pointer, the nearest one if it has left the canvas.
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent} event
 * @param {[number, number]} size height and width
 * @returns {[number, number]}
 */
export function pixelUnder(canvas, event, [height, width]) {
  const box = canvas.getBoundingClientRect()
  const at = (share, count) => Math.min(count - 1, Math.max(0, Math.floor(share * count)))
  return [at((event.clientY - box.top) / box.height, height), at((event.clientX - box.left) / box.width, width)]
}
