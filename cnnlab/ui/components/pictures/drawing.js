// Paper to draw on: by pointer, by finger or by keyboard. What was drawn goes to the server after each stroke.
import { token } from "../common/tokens.js"

const SIDE = 256
const STEP = 8
const REMEMBERED = 30
const REST = 250 // milliseconds without a change until the drawing is sent

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".draw")
  const canvas = root.querySelector("canvas")
  const cross = root.querySelector(".draw-paper i")
  const said = root.querySelector(".draw-said")
  const [colour, size] = [root.querySelector("[type=color]"), root.querySelector("[type=range]")]
  const paper = token("paper")
  const ink = canvas.getContext("2d", { willReadFrequently: true })
  const isNew = !root.state
  const state = (root.state ??= { tool: "pen", past: [], x: SIDE / 2, y: SIDE / 2, down: false, pointer: null })

  if (isNew) {
    colour.value = token("ink")
    ink.fillStyle = paper
    ink.fillRect(0, 0, SIDE, SIDE)
    if (data.image) {
      const before = new Image()
      before.onload = () => ink.drawImage(before, 0, 0, SIDE, SIDE)
      before.src = data.image
    }
  }

  const remember = () => {
    state.past = [...state.past.slice(1 - REMEMBERED), ink.getImageData(0, 0, SIDE, SIDE)]
  }

  function send() {
    clearTimeout(state.timer)
    state.timer = setTimeout(() => setTriggerValue("drawn", canvas.toDataURL("image/png")), REST)
  }

  function line(x, y) {
    ink.strokeStyle = state.tool === "pen" ? colour.value : paper
    ink.lineWidth = Number(size.value)
    ink.lineCap = ink.lineJoin = "round"
    ink.beginPath()
    ink.moveTo(state.x, state.y)
    ink.lineTo(x, y)
    ink.stroke()
    Object.assign(state, { x, y })
  }

  // A line of no length has no caps in some browsers.
  function dot() {
    ink.fillStyle = state.tool === "pen" ? colour.value : paper
    ink.beginPath()
    ink.arc(state.x, state.y, Number(size.value) / 2, 0, 2 * Math.PI)
    ink.fill()
  }

  const placeOf = (event) => {
    const box = canvas.getBoundingClientRect()
    return [((event.clientX - box.left) / box.width) * SIDE, ((event.clientY - box.top) / box.height) * SIDE]
  }

  canvas.onpointerdown = (event) => {
    if (event.button !== 0 || state.pointer !== null) return
    lift()
    cross.hidden = true
    remember()
    state.pointer = event.pointerId
    canvas.setPointerCapture(event.pointerId)
    ;[state.x, state.y] = placeOf(event)
    dot()
  }
  canvas.onpointermove = (event) => {
    if (event.pointerId !== state.pointer) return
    const events = event.getCoalescedEvents?.() ?? []
    for (const each of events.length ? events : [event]) line(...placeOf(each))
  }
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    if (event.pointerId !== state.pointer) return
    state.pointer = null
    send()
  }

  function lift() {
    if (!state.down) return
    state.down = false
    send()
  }

  function tell() {
    cross.hidden = false
    cross.style.left = `${(100 * state.x) / SIDE}%`
    cross.style.top = `${(100 * state.y) / SIDE}%`
    cross.classList.toggle("down", state.down)
    const what = state.tool === "pen" ? "Pen" : "Eraser"
    said.textContent = `${what} ${state.down ? "down" : "up"}, row ${Math.round(state.y)}, column ${Math.round(state.x)}`
  }

  canvas.onkeydown = (event) => {
    const far = event.shiftKey ? 1 : STEP
    const way = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] }[event.key]
    if (way) {
      const [x, y] = [state.x + way[0], state.y + way[1]].map((at) => Math.min(Math.max(at, 0), SIDE - 1))
      if (state.down) line(x, y)
      else Object.assign(state, { x, y })
    } else if (event.key === " ") {
      if (state.down) lift()
      else {
        remember()
        state.down = true
        dot()
      }
    } else if (event.key === "Escape" && state.down) lift()
    else if (event.key === "z" && (event.ctrlKey || event.metaKey)) undo()
    else return
    event.preventDefault()
    event.stopPropagation()
    tell()
  }
  canvas.onblur = () => {
    lift()
    cross.hidden = true
  }

  function undo() {
    const before = state.past.pop()
    if (!before) return
    state.down = false
    ink.putImageData(before, 0, 0)
    send()
  }

  function paint(with_) {
    remember()
    ink.fillStyle = with_
    ink.fillRect(0, 0, SIDE, SIDE)
    send()
  }

  const actions = { undo, fill: () => paint(colour.value), clear: () => paint(paper) }
  for (const button of root.querySelectorAll("[data-do]")) button.onclick = actions[button.dataset.do]
  const tools = [...root.querySelectorAll("[data-tool]")]
  const choose = (tool) => {
    state.tool = tool
    for (const each of tools) each.setAttribute("aria-pressed", String(each.dataset.tool === tool))
  }
  for (const button of tools) button.onclick = () => choose(button.dataset.tool)
  colour.oninput = () => choose("pen")
  size.oninput = () => {
    size.nextElementSibling.textContent = size.value
  }
  choose(state.tool)
  return () => clearTimeout(state.timer)
}
