// Painting of maps and of small grids of numbers, on the one scale whose middle is zero.
import { element } from "./dom.js"
import { brief } from "./numbers.js"
import { css, inkOn, shade } from "./scale.js"
import { token } from "./tokens.js"

// One map as an off-screen canvas with one pixel a value.
export function mapImage(values, start, height, width, limit, palette) {
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height
  const ink = canvas.getContext("2d")
  const image = ink.createImageData(width, height)
  for (let i = 0; i < height * width; i += 1) {
    image.data.set(shade(palette, values[start + i], limit), 4 * i)
    image.data[4 * i + 3] = 255
  }
  ink.putImageData(image, 0, 0)
  return canvas
}

// Colours (height, width, 3) as an off-screen canvas.
export function colourImage(pixels, height, width) {
  const canvas = document.createElement("canvas")
  canvas.width = width
  canvas.height = height
  const ink = canvas.getContext("2d")
  const image = ink.createImageData(width, height)
  for (let i = 0; i < height * width; i += 1) {
    image.data.set(pixels.subarray(3 * i, 3 * i + 3), 4 * i)
    image.data[4 * i + 3] = 255
  }
  ink.putImageData(image, 0, 0)
  return canvas
}

// Give a canvas a size in CSS pixels, sharp on any screen, empty.
export function fit(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const ink = canvas.getContext("2d")
  ink.setTransform(ratio, 0, 0, ratio, 0, 0)
  ink.clearRect(0, 0, width, height)
  ink.imageSmoothingEnabled = false
  return ink
}

// How a map with margins of padding lies in a square box; `zoom` looks closer around `centre` (row, column).
export function frameOf(height, width, side, margin = [0, 0, 0, 0], zoom = 1, centre = [0, 0]) {
  const [top, right, bottom, left] = margin
  const [high, wide] = [height + top + bottom, width + left + right]
  const scale = (side / Math.max(high, wide)) * zoom
  const shown = [Math.min(high * scale, side), Math.min(wide * scale, side)]
  const shift = (whole, room, middle, before) =>
    Math.min(Math.max((middle + before + 0.5) * scale - room / 2, 0), Math.max(whole * scale - room, 0))
  const up = shift(high, shown[0], centre[0], top)
  const over = shift(wide, shown[1], centre[1], left)
  return { scale, height: shown[0], width: shown[1], top: top * scale - up, left: left * scale - over }
}

// Paint a map into its frame; what lies around it is padding, drawn as a hatched margin.
export function paintMap(canvas, image, frame) {
  const ink = fit(canvas, frame.width, frame.height)
  ink.fillStyle = token("padding")
  ink.fillRect(0, 0, frame.width, frame.height)
  ink.drawImage(image, frame.left, frame.top, image.width * frame.scale, image.height * frame.scale)
  return ink
}

// Outline cells of a map: dark inside light, so that it shows on every colour.
export function outline(ink, frame, row, column, height, width, colour, thick = 2) {
  const [x, y] = [frame.left + column * frame.scale, frame.top + row * frame.scale]
  const grow = Math.max(0, (6 - Math.min(height, width) * frame.scale) / 2)
  const box = [x - grow, y - grow, width * frame.scale + 2 * grow, height * frame.scale + 2 * grow]
  ink.lineWidth = thick + 2
  ink.strokeStyle = token("paper")
  ink.strokeRect(...box)
  ink.lineWidth = thick
  ink.strokeStyle = colour
  ink.strokeRect(...box)
}

// Paint numbers as cells with their colour; null is padding. Numbers are written where there is room for them.
export function paintGrid(canvas, values, columns, side, limit, palette, marked = -1) {
  const cell = side / Math.max(columns, Math.ceil(values.length / columns))
  const ink = fit(canvas, cell * columns, (cell * values.length) / columns)
  ink.textAlign = "center"
  ink.textBaseline = "middle"
  values.forEach((value, i) => {
    const [x, y] = [(i % columns) * cell, Math.floor(i / columns) * cell]
    const colour = value === null ? null : shade(palette, value, limit)
    ink.fillStyle = colour ? css(colour) : token("empty")
    ink.fillRect(x, y, cell - 1, cell - 1)
    if (cell < 26) return
    ink.fillStyle = colour ? inkOn(colour) : token("ink")
    const text = value === null ? "pad" : brief(value)
    ink.font = `${Math.min(12, (1.55 * cell) / text.length)}px system-ui, sans-serif`
    ink.fillText(text, x + (cell - 1) / 2, y + cell / 2)
  })
  if (marked >= 0) {
    const frame = { left: 0, top: 0, scale: cell }
    outline(ink, frame, Math.floor(marked / columns), marked % columns, 0.97, 0.97, token("ink"))
  }
}

// A scale with its numbers: −limit, colours, limit.
export function legend(view, limit) {
  const made = element("span", "conv-scale")
  const bar = element("i")
  bar.style.background = view.gradient
  made.append(brief(-limit), bar, brief(limit))
  return made
}
