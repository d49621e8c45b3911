// One line of a sequence, painted: the letters in their channels, what lies beneath, and each track.
import { fit } from "../common/canvas.js"
import { css, inkOn, shade } from "../common/scale.js"
import { token } from "../common/tokens.js"
import { BAND, GUTTER, HEAD, ROW, TALL, columnsIn, parts } from "./layout.js"

const LETTERS = "ACGT"
const FONT = "system-ui, sans-serif"

/** The colour of a letter; one that is not known is quiet. */
const colourOf = (letter) => token(LETTERS.includes(letter) ? `letter-${letter.toLowerCase()}` : "quiet")

/**
 * Paint a line and return what its parts lie at.
 * @param {HTMLCanvasElement} canvas
 * @param {any} data what was sent
 * @param {{ line: number, cell: number }} laid
 * @param {number} index of the line
 * @param {{ at: number | null, span: [number, number] | null }} state
 */
export function paintLine(canvas, data, laid, index, state) {
  const { line, cell } = laid
  const first = index * line
  const count = Math.min(line, data.letters.length - first)
  const beneath = Boolean(data.planted || state.span || data.asks)
  const { band, tops, height } = parts(data.tracks, beneath)
  const ink = fit(canvas, GUTTER + cell * line, height)
  ink.fillStyle = token("paper")
  ink.fillRect(0, 0, GUTTER + cell * line, height)
  ink.textBaseline = "middle"
  paintRuler(ink, cell, first, count)
  paintChannels(ink, data, cell, first, count)
  if (beneath) paintBand(ink, data, laid, index, band, state.span)
  data.tracks.forEach((track, i) => {
    write(ink, index ? "" : track.name, GUTTER, tops[i] - HEAD / 2, { colour: token("quiet"), align: "left" })
    const paint = track.rows ? paintRows : paintLetters
    paint(ink, data, track, cell, first, count, tops[i])
  })
  const here = state.at === null ? null : columnsIn(laid, index, state.at, state.at)
  if (!here) return
  ink.strokeStyle = token("ink")
  ink.lineWidth = 1.5
  ink.strokeRect(GUTTER + here[0] * cell, HEAD - 1, cell, height - HEAD - 1)
}

function write(ink, text, x, y, { colour, size = 11, weight = 400, align = "center" }) {
  ink.font = `${weight} ${size}px ${FONT}`
  ink.textAlign = align
  ink.fillStyle = colour
  ink.fillText(text, x, y)
}

function paintRuler(ink, cell, first, count) {
  for (let i = 0; i < count; i += 1) {
    const position = first + i + 1
    if (position % 10 && position !== 1) continue
    write(ink, String(position), GUTTER + (i + 0.5) * cell, HEAD / 2, { colour: token("quiet"), size: 10 })
  }
}

function names(ink, top) {
  for (const [row, letter] of [...LETTERS].entries()) {
    write(ink, letter, GUTTER / 2, top + (row + 0.5) * ROW, { colour: token("quiet"), size: 10 })
  }
}

// One channel a row: its cell is full where its letter stands.
function paintChannels(ink, data, cell, first, count) {
  names(ink, HEAD)
  for (let i = 0; i < count; i += 1) {
    const letter = data.letters[first + i]
    const x = GUTTER + i * cell
    for (const [row, name] of [...LETTERS].entries()) {
      ink.globalAlpha = letter === name ? 1 : 0.28
      ink.fillStyle = letter === name ? colourOf(letter) : token("empty")
      ink.fillRect(x, HEAD + row * ROW, cell - 1, ROW - 1)
      ink.globalAlpha = 1
      if (letter !== name) continue
      write(ink, letter, x + (cell - 1) / 2, HEAD + (row + 0.5) * ROW, { colour: token("paper"), weight: 650 })
    }
    if (!LETTERS.includes(letter)) {
      write(ink, letter, x + (cell - 1) / 2, HEAD + 2 * ROW, { colour: token("quiet"), weight: 650 })
    }
  }
}

// What was marked above, what was planted below.
function paintBand(ink, data, laid, index, top, span) {
  const bar = (first, last, y, high, colour) => {
    const within = columnsIn(laid, index, first, last)
    if (!within) return null
    const [x, wide] = [GUTTER + within[0] * laid.cell, (within[1] - within[0] + 1) * laid.cell - 1]
    ink.fillStyle = colour
    ink.fillRect(x, y, wide, high)
    return { x, wide }
  }
  if (span) bar(span[0], span[1], top + 2, 5, token("changed"))
  for (const { first, last } of data.planted ?? []) bar(first, last, top + BAND - 9, 5, token("ink"))
}

// A signed value of every letter at every position; the letter that stands there has a dot.
function paintRows(ink, data, { key, limit }, cell, first, count, top) {
  names(ink, top)
  const values = data.arrays[key]
  for (let i = 0; i < count; i += 1) {
    for (let row = 0; row < 4; row += 1) {
      const colour = shade(data.arrays.palette, values[4 * (first + i) + row], limit)
      const [x, y] = [GUTTER + i * cell, top + row * ROW]
      ink.fillStyle = css(colour)
      ink.fillRect(x, y, cell - 1, ROW - 1)
      if (data.letters[first + i] === LETTERS[row]) {
        ink.fillStyle = inkOn(colour)
        ink.beginPath()
        ink.arc(x + (cell - 1) / 2, y + (ROW - 1) / 2, 2, 0, 2 * Math.PI)
        ink.fill()
      }
    }
  }
}

// The letters themselves, as tall as their value, above the line for it and below it against it.
function paintLetters(ink, data, { key, limit }, cell, first, count, top) {
  const values = data.arrays[key]
  const middle = top + TALL / 2
  ink.fillStyle = token("empty")
  ink.fillRect(GUTTER, middle - 0.5, count * cell, 1)
  for (let i = 0; i < count; i += 1) {
    const letter = data.letters[first + i]
    const high = limit > 0 ? (Math.abs(values[first + i]) / limit) * (TALL / 2 - 1) : 0
    if (high < 0.5 || !data.glyphs[letter]) continue
    ink.save()
    ink.translate(GUTTER + i * cell + 1, values[first + i] > 0 ? middle - high : middle)
    ink.scale((cell - 2) / 100, high / 100)
    ink.fillStyle = colourOf(letter)
    ink.fill(new Path2D(data.glyphs[letter]), "evenodd")
    ink.restore()
  }
}
