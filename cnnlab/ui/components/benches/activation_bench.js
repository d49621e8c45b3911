// The activation bench: one map through four activations, and one output with its loss.
import { fit, frameOf, legend, mapImage, outline, paintMap } from "../common/canvas.js"
import { element } from "../common/dom.js"
import { brief, decimal, share, told } from "../common/numbers.js"
import { token } from "../common/tokens.js"
import { unpack } from "../common/unpack.js"
import { ACTIVATIONS } from "./activations.js"

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".activations")
  const find = (selector) => root.querySelector(selector)
  const view = unpack(data)
  const { before, palette } = view.arrays
  const { height, width } = view
  const state = (root.state ??= { row: -1, column: -1, logit: view.logits.indexOf(-3), true_class: 1 })
  if (state.row >= height || state.column >= width || state.row < 0) {
    Object.assign(state, { row: height >> 1, column: width >> 1 })
  }
  const reach = Math.max(view.limit, 4)
  const side = Math.min(230, root.clientWidth - 8)
  const canvas = find(".act-before")
  const frame = frameOf(height, width, side)
  const base = mapImage(before, 0, height, width, view.limit, palette)

  find(".act-name").textContent = `${view.name}, channel ${view.channel}, before any activation`
  find(".bench-legend").replaceChildren(legend(view, view.limit))
  canvas.setAttribute("aria-label", `Map of ${view.name}, channel ${view.channel}, before any activation. Arrow keys move the place.`)
  const cards = ACTIVATIONS.map(makeCard)
  find(".act-cards").replaceChildren(...cards.map(({ card }) => card))
  bind()
  draw()
  drawLogit()
  root.dataset.ready = `${view.name} ${view.channel}`

  function makeCard(activation) {
    const card = element("section", "act-card")
    card.setAttribute("aria-label", activation.title)
    const [curve, map] = [element("canvas"), element("canvas")]
    const [said, facts] = [element("p", "act-said"), element("p", "quiet")]
    said.dataset.activation = activation.key
    const after = Float32Array.from(before, activation.of)
    const zeros = after.filter((value) => value === 0).length / after.length
    const slope = before.reduce((sum, z) => sum + activation.slope(z), 0) / before.length
    facts.textContent = `${share(zeros, 0, 100)} % zeros, mean derivative ${told(slope)}`
    facts.dataset.zeros = String(zeros)
    facts.dataset.slope = String(slope)
    card.append(element("div", "bench-title", activation.title), curve, said, map, facts)
    curve.setAttribute("role", "img")
    curve.setAttribute("aria-label", `${activation.title} and its derivative from ${brief(-reach)} to ${brief(reach)}`)
    map.setAttribute("role", "img")
    map.setAttribute("aria-label", `The map after ${activation.title}: ${facts.textContent}`)
    const limit = after.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
    const small = root.clientWidth < 700 ? 140 : 150
    paintMap(map, mapImage(after, 0, height, width, limit, palette), frameOf(height, width, small))
    return { card, curve, said, activation }
  }

  function draw() {
    const ink = paintMap(canvas, base, frame)
    outline(ink, frame, state.row, state.column, 1, 1, token("ink"))
    const z = before[state.row * width + state.column]
    find(".act-place").textContent = `[${state.row}, ${state.column}] z = ${told(z)}`
    for (const { curve, said, activation } of cards) {
      drawCurve(curve, activation, z)
      said.textContent = `${told(z)} → ${told(activation.of(z))}, derivative ${told(activation.slope(z))}`
      said.dataset.value = activation.of(z)
      said.dataset.slope = activation.slope(z)
    }
  }

  // The activation as a full line, its derivative dashed, and the place's value on both.
  function drawCurve(canvas, { of, slope }, z) {
    const [wide, high] = [root.clientWidth < 700 ? 165 : 200, 116]
    const ink = fit(canvas, wide, high)
    const style = getComputedStyle(root)
    const ends = String(Number(reach.toPrecision(2)))
    const values = Array.from({ length: 121 }, (_, i) => ((i - 60) / 60) * reach)
    const low = Math.min(0, ...values.map(of), ...values.map(slope))
    const top = Math.max(1, ...values.map(of))
    const across = (value) => ((value + reach) / (2 * reach)) * (wide - 8) + 4
    const up = (value) => high - 6 - ((value - low) / (top - low)) * (high - 12)
    // Where the values of this map lie.
    ink.fillStyle = `${token("middle")}33`
    ink.fillRect(across(view.lowest), 0, across(view.highest) - across(view.lowest), high)
    ink.strokeStyle = style.getPropertyValue("--st-border-color") || token("middle")
    ink.lineWidth = 1
    ink.beginPath()
    ink.moveTo(0, up(0))
    ink.lineTo(wide, up(0))
    ink.moveTo(across(0), 0)
    ink.lineTo(across(0), high)
    ink.stroke()
    for (const [line, colour, dash] of [[slope, token("activation"), [4, 3]], [of, token("training"), []]]) {
      ink.strokeStyle = ink.fillStyle = colour
      ink.lineWidth = 2
      ink.setLineDash(dash)
      ink.beginPath()
      for (const value of values) ink.lineTo(across(value), up(line(value)))
      ink.stroke()
      ink.setLineDash([])
      ink.beginPath()
      ink.arc(across(z), up(line(z)), 4.5, 0, 7)
      ink.fill()
    }
    ink.fillStyle = style.color
    ink.font = "10px system-ui, sans-serif"
    ink.fillText(`−${ends}`, 2, up(0) + (up(0) > high - 14 ? -4 : 11))
    ink.textAlign = "right"
    ink.fillText(ends, wide - 2, up(0) + (up(0) > high - 14 ? -4 : 11))
    ink.fillText("1", across(0) - 3, up(1) + 9)
  }

  function bind() {
    const move = (row, column) => {
      state.row = Math.min(Math.max(row, 0), height - 1)
      state.column = Math.min(Math.max(column, 0), width - 1)
      draw()
    }
    canvas.onpointermove = canvas.onpointerdown = (event) => {
      const box = canvas.getBoundingClientRect()
      move(Math.floor((event.clientY - box.top) / frame.scale), Math.floor((event.clientX - box.left) / frame.scale))
    }
    canvas.onkeydown = (event) => {
      const by = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key]
      if (!by) return
      event.preventDefault()
      move(state.row + by[0], state.column + by[1])
    }
    const slider = find(".logit")
    Object.assign(slider, { min: 0, max: view.logits.length - 1, step: 1 })
    slider.value = state.logit
    slider.oninput = () => {
      state.logit = Number(slider.value)
      drawLogit()
    }
    for (const button of root.querySelectorAll("[data-class]")) {
      button.onclick = () => {
        state.true_class = Number(button.dataset.class)
        drawLogit()
      }
    }
  }

  function drawLogit() {
    const z = view.logits[state.logit]
    const slider = find(".logit")
    slider.setAttribute("aria-valuetext", String(z))
    slider.nextElementSibling.textContent = z.toFixed(1).replace("-", "−")
    for (const button of root.querySelectorAll("[data-class]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.class) === state.true_class))
    }
    const rows = ["sigmoid", "relu"].map((name) => {
      const losses = view.losses[`${name}${state.true_class}`]
      const numbers = ["output", "loss", "gradient"].map((key) => losses[key][state.logit])
      const row = element("tr")
      row.dataset.output = name
      const head = element("th", "", name)
      head.scope = "row"
      row.append(head, ...numbers.map((value) => numberCell(value)))
      return { row, gradient: numbers[2] }
    })
    find("tbody").replaceChildren(...rows.map(({ row }) => row))
    const right = z > 0 === (state.true_class === 1)
    const verdict = z === 0 ? "undecided" : right ? "on the right side" : "on the wrong side"
    find(".logit-said").textContent = rows[1].gradient === 0
      ? `The output is ${verdict}. Behind a ReLU the gradient is 0: nothing is learned from this example, however wrong it is. Behind a sigmoid the gradient is p − y.`
      : `The output is ${verdict}. A ReLU learns only while z lies between 0 and 1; the sigmoid's gradient is p − y everywhere.`
  }

  function numberCell(value) {
    const cell = element("td", "number", Math.abs(value) < 1e-7 ? "0" : decimal(value, 4))
    cell.dataset.value = value
    return cell
  }
}
