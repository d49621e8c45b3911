// The prepared picture, one pixel of it in numbers, and its channels one by one.
import { decimal } from "../common/numbers.js"
import { unpack } from "../common/unpack.js"

const RAMPS = { R: [255, 0, 0], G: [0, 255, 0], B: [0, 110, 255], grey: [255, 255, 255] }

export default function ({ data, parentElement }) {
  const view = unpack(data)
  const { height, width, channels, alt } = view
  const { pixels } = view.arrays
  const names = channels === 1 ? ["grey"] : ["R", "G", "B"]
  const root = parentElement.querySelector(".preparation")
  const canvas = root.querySelector(".whole canvas")
  const cursor = root.querySelector(".cursor")
  canvas.setAttribute("aria-label", `${alt} Arrow keys move from pixel to pixel.`)
  const value = (row, column, channel) => pixels[(row * width + column) * channels + channel]

  paint(canvas, (row, column) => (channels === 1 ? Array(3).fill(value(row, column, 0)) : [0, 1, 2].map((c) => value(row, column, c))))
  root.querySelector(".planes").replaceChildren(
    ...names.map((name, channel) => {
      const figure = document.createElement("figure")
      const plane = document.createElement("canvas")
      const ramp = RAMPS[name]
      paint(plane, (row, column) => ramp.map((end) => (end * value(row, column, channel)) / 255))
      plane.setAttribute("role", "img")
      plane.setAttribute("aria-label", `The ${name} channel alone, black is 0 and full colour is 255.`)
      const legend = document.createElement("figcaption")
      legend.innerHTML = `${name} 0<i style="background:linear-gradient(to right,black,rgb(${ramp}))"></i>255`
      figure.append(plane, legend)
      return figure
    }),
  )

  let at = root.at ?? [Math.floor(height / 2), Math.floor(width / 2)]
  const show = (row, column) => {
    at = root.at = [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)]
    const [r, c] = at
    Object.assign(cursor.style, {
      left: `${(100 * c) / width}%`, top: `${(100 * r) / height}%`, width: `${100 / width}%`, height: `${100 / height}%`,
    })
    const lines = names.map((name, channel) => {
      const stored = value(r, c, channel)
      return `<i style="background:rgb(${RAMPS[name].map((end) => Math.round((end * stored) / 255))})"></i>${name} <b>${stored}</b> → ${decimal(stored * view.scale + view.offset, 3)}`
    })
    root.querySelector(".pixel").innerHTML = `Row ${r}, column ${c}<br>${lines.join("<br>")}`
  }
  canvas.onpointermove = canvas.onpointerdown = (event) => {
    const box = canvas.getBoundingClientRect()
    show(Math.floor(((event.clientY - box.top) / box.height) * height), Math.floor(((event.clientX - box.left) / box.width) * width))
  }
  canvas.onkeydown = (event) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
    if (!step) return
    event.preventDefault()
    show(at[0] + step[0], at[1] + step[1])
  }
  show(...at)

  function paint(target, color) {
    target.width = width
    target.height = height
    const image = new ImageData(width, height)
    for (let row = 0; row < height; row += 1)
      for (let column = 0; column < width; column += 1) {
        const [r, g, b] = color(row, column)
        image.data.set([r, g, b, 255], 4 * (row * width + column))
      }
    target.getContext("2d").putImageData(image, 0, 0)
  }
}
