// The followed picture through training: a slider over its moments, a replay, and the output as a line.
import { address } from "../common/addresses.js"

const STEP = 250 // milliseconds a moment in a replay

function line(svg, frames, at, count) {
  const width = 300, height = 60
  const x = (i) => (frames.length > 1 ? (i / (frames.length - 1)) * width : width / 2)
  const parts = []
  for (let k = 0; k < count; k++) {
    const points = frames.map((f, i) => `${x(i).toFixed(1)},${(height - Math.min(1, Math.max(0, f.output[k])) * height).toFixed(1)}`)
    parts.push(`<polyline points="${points.join(" ")}" fill="none" stroke="currentColor" stroke-width="${k === count - 1 ? 2 : 1}" opacity="${k === count - 1 ? 0.9 : 0.35}"/>`)
  }
  parts.push(`<line x1="${x(at)}" x2="${x(at)}" y1="0" y2="${height}" stroke="var(--st-primary-color)" stroke-width="2"/>`)
  svg.setAttribute("viewBox", `-2 -2 ${width + 4} ${height + 4}`)
  svg.innerHTML = parts.join("")
}

export default function (component) {
  const { data: [data], parentElement } = component
  const root = parentElement.querySelector(".probe")
  const part = (name) => root.querySelector(`[data-part="${name}"]`)
  const state = (root.state ??= { run: null, at: 0, layer: null, timer: null, images: new Map() })
  const slider = part("moment"), choice = part("layer"), image = part("sheet"), play = part("play")
  if (state.run !== data.run) {
    clearInterval(state.timer)
    Object.assign(state, { run: data.run, at: data.frames.length - 1, layer: String(data.layer), timer: null, images: new Map() })
  } else if (state.at === state.count - 1 && state.timer === null) {
    state.at = data.frames.length - 1 // who looks at the newest moment goes on looking at the newest
  }
  state.count = data.frames.length
  state.at = Math.min(state.at, state.count - 1)

  if (choice.dataset.run !== data.run) {
    choice.dataset.run = data.run
    choice.replaceChildren(...data.layers.map((layer) => new Option(layer.title, layer.key)))
  }
  choice.value = state.layer
  slider.max = String(state.count - 1)

  const layerOf = (key) => data.layers.find((layer) => layer.key === key)
  const sheet = (frame) => address(`${data.base}/${choice.value}/${frame.key}.${layerOf(choice.value).kind ?? "png"}`)
  const loaded = (frame) => {
    const url = sheet(frame)
    if (!state.images.has(url)) {
      const picture = new Image()
      picture.src = url
      state.images.set(url, picture)
    }
    return url
  }
  const paint = () => {
    const frame = data.frames[state.at]
    const layer = layerOf(choice.value)
    slider.value = String(state.at)
    slider.setAttribute("aria-valuetext", frame.label)
    image.src = loaded(frame)
    image.alt = `${layer.title} ${frame.label}`
    root.classList.toggle("drawn", layer.kind === "svg")
    part("label").textContent = frame.label
    part("said").textContent = frame.said
    const limit = frame.limits[choice.value]
    part("scale").hidden = limit === undefined
    part("limit").textContent = limit === undefined ? "" : `−${limit} to ${limit}`
    part("note").textContent = layer.note
    part("line").style.display = data.shown ? "" : "none"
    line(part("line"), data.frames, state.at, data.shown)
  }
  const halt = () => {
    clearInterval(state.timer)
    state.timer = null
    play.textContent = "Replay"
  }
  slider.oninput = () => {
    halt()
    state.at = Number(slider.value)
    paint()
  }
  choice.onchange = () => {
    state.layer = choice.value
    paint()
    data.frames.forEach(loaded)
  }
  play.onclick = () => {
    if (state.timer !== null) return halt()
    data.frames.forEach(loaded)
    if (state.at >= state.count - 1) state.at = -1
    play.textContent = "Pause"
    state.timer = setInterval(() => {
      state.at += 1
      state.repaint()
      if (state.at >= state.count - 1) state.halt()
    }, STEP)
  }
  state.repaint = paint
  state.halt = halt
  paint()
  return () => clearInterval(state.timer)
}
