// The convolution view as one picture to take along: what is in view, with its arithmetic written out.
import { token } from "../common/tokens.js"

const SHEET = { width: 1000, margin: 24, font: "system-ui, sans-serif" }

// Lay the canvases that are in view onto white paper, and the words beside and below them.
export function sheetOf(root, { title, scales, map, chain, caption, written }) {
  const { width, margin } = SHEET
  const paper = document.createElement("canvas")
  const ink = paper.getContext("2d")
  const sizeOf = (canvas) => [parseFloat(canvas.style.width), parseFloat(canvas.style.height)]
  const [mapWide, mapHigh] = sizeOf(map)
  const picture = root.querySelector(".conv-picture canvas")
  const right = width - margin - Math.max(mapWide, 330)
  const rows = [...root.querySelectorAll(".conv-rows .conv-row")].map((row) => ({
    name: row.querySelector(".conv-channel").textContent,
    canvases: [...row.querySelectorAll("canvas")],
    sum: row.querySelector(".conv-sum").textContent,
  }))

  const write = (text, x, y, { size = 14, colour = token("ink"), weight = 400 } = {}) => {
    ink.font = `${weight} ${size}px ${SHEET.font}`
    ink.fillStyle = colour
    ink.fillText(text, x, y)
    return ink.measureText(text).width
  }

  // Draws everything, or with nothing to draw on only measures; returns the height.
  function lay() {
    write(title, margin, margin + 16, { size: 20, weight: 650 })
    write(scales, margin, margin + 38, { size: 12, colour: token("quiet") })
    const top = margin + 60
    const left = layRows(top)
    ink.drawImage(map, right, top, mapWide, mapHigh)
    const under = layChain(top + mapHigh + 24)
    let y = Math.max(left, under) + 14
    for (const text of written) y = wrap(text, y)
    return y + margin - 12
  }

  function layRows(top) {
    let y = top
    for (const { name, canvases, sum } of rows) {
      write(name, margin, y + 12, { size: 12, colour: token("quiet") })
      let [x, high] = [margin, 0]
      canvases.forEach((canvas, k) => {
        const [wide, tall] = sizeOf(canvas)
        const shrunk = Math.min(1, (right - margin - 110) / canvases.length / (wide + 16))
        if (k >= 2) write(k === 2 ? "×" : "=", x - 13, y + 18 + (tall * shrunk) / 2)
        ink.drawImage(canvas, x, y + 18, wide * shrunk, tall * shrunk)
        x += wide * shrunk + 16
        high = Math.max(high, tall * shrunk)
      })
      write(`= ${sum}`, x - 4, y + 18 + high / 2, { size: 15, weight: 600 })
      y += high + 30
    }
    return y
  }

  function layChain(top) {
    const [wide, high] = sizeOf(picture)
    ink.drawImage(picture, right, top, wide, high)
    let y = top + 14
    for (const [label, value] of chain) {
      write(label, right + wide + 14, y, { size: 12, colour: token("quiet") })
      write(value, right + wide + 14, y + 18, { size: 16, weight: 650 })
      y += 40
    }
    const under = Math.max(y, top + high + 16)
    write(caption, right, under, { size: 12, colour: token("quiet") })
    return under + 16
  }

  function wrap(text, top) {
    let [line, y] = ["", top]
    ink.font = `400 13px ${SHEET.font}`
    for (const word of text.split(" ")) {
      if (line && ink.measureText(`${line} ${word}`).width > width - 2 * margin) {
        write(line, margin, y, { size: 13 })
        ;[line, y] = [word, y + 18]
      } else line = line ? `${line} ${word}` : word
    }
    write(line, margin, y, { size: 13 })
    return y + 22
  }

  const height = Math.ceil(lay())
  paper.width = 2 * width
  paper.height = 2 * height
  ink.setTransform(2, 0, 0, 2, 0, 0)
  ink.fillStyle = token("paper")
  ink.fillRect(0, 0, width, height)
  ink.imageSmoothingEnabled = false
  lay()
  return paper
}
