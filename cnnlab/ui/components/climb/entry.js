// A climb to scrub: the picture after each step, and what the unit answered to it.
import { colourImage } from "../common/canvas.js"
import { download } from "../common/dom.js"
import { plain } from "../common/numbers.js"
import { unpack } from "../common/unpack.js"
import { endsOf, heightOf, pathOf } from "./curve.js"

const [WIDE, HIGH] = [320, 120]
const PACE = 120 // milliseconds a frame

export default function ({ data: packed, parentElement }) {
  const root = parentElement.querySelector(".climb")
  const data = unpack(packed)
  const slider = root.querySelector("input")
  const curve = drawCurve(root, data)
  const show = (frame) => {
    slider.value = String(frame)
    paint(root.querySelector("canvas"), data, frame)
    curve(frame)
    const step = data.steps[frame]
    root.querySelector(".climb-said").textContent = `${data.unit}: ${plain(data.activations[frame])} after ${step} ${step === 1 ? "step" : "steps"}`
  }
  slider.max = String(data.steps.length - 1)
  slider.oninput = () => show(Number(slider.value))
  root.querySelector(".climb-words").textContent = data.words
  root.querySelector(".climb-save").onclick = () => root.querySelector("canvas").toBlob((blob) => download(blob, `${data.name}.png`))
  const play = root.querySelector(".climb-play")
  play.onclick = () => playing(root, show, data.steps.length)
  const fresh = root.dataset.name !== data.name
  root.dataset.name = data.name
  show(fresh ? data.steps.length - 1 : Math.min(Number(slider.value), data.steps.length - 1))
  return () => clearInterval(root.playing)
}

function playing(root, show, count) {
  clearInterval(root.playing)
  let frame = 0
  root.playing = setInterval(() => {
    show(frame)
    frame += 1
    if (frame >= count) clearInterval(root.playing)
  }, PACE)
}

function paint(canvas, data, frame) {
  const [height, width, channels] = data.size
  const count = height * width
  const pixels = data.arrays.pictures.subarray(frame * count * channels, (frame + 1) * count * channels)
  const colours = channels === 3 ? pixels : Uint8Array.from({ length: 3 * count }, (_, i) => pixels[Math.floor(i / 3)])
  Object.assign(canvas, { width, height })
  canvas.getContext("2d").drawImage(colourImage(colours, height, width), 0, 0)
  canvas.setAttribute("aria-label", `${data.alt} After ${data.steps[frame]} steps.`)
}

function drawCurve(root, data) {
  const svg = root.querySelector("svg")
  const ends = endsOf(data.curve, data.known)
  svg.querySelector("path").setAttribute("d", pathOf(data.curve, ends, WIDE, HIGH))
  const [known, now] = svg.querySelectorAll("line")
  const place = (line, x1, y1, x2, y2) => Object.entries({ x1, y1, x2, y2 }).forEach(([name, value]) => line.setAttribute(name, String(value)))
  known.style.display = data.known === null ? "none" : ""
  if (data.known !== null) place(known, 0, heightOf(data.known, ends, HIGH), WIDE, heightOf(data.known, ends, HIGH))
  const last = data.steps[data.steps.length - 1] || 1
  return (frame) => place(now, (WIDE * data.steps[frame]) / last, 0, (WIDE * data.steps[frame]) / last, HIGH)
}
