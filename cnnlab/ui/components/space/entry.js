// Pictures as points of the plane in which their features differ most: colour and shape say the class, a ring a wrong
// answer. The field is one stop of the Tab key; arrow keys lead to the next point, Enter or a click chooses it.
import { element } from "../common/dom.js"
import { unpack } from "../common/unpack.js"
import { next, placed, shapeOf } from "./marks.js"

const [WIDE, HIGH, MARGIN] = [640, 420, 22]
const NAMES = "http://www.w3.org/2000/svg"

function drawn(name, attributes) {
  const made = document.createElementNS(NAMES, name)
  Object.entries(attributes).forEach(([key, value]) => made.setAttribute(key, String(value)))
  return made
}

export default function ({ data: packed, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".space")
  const data = unpack(packed)
  const svg = root.querySelector("svg")
  const count = data.names.length
  const places = placed(data.arrays.points, WIDE, HIGH, MARGIN)
  const points = places.slice(0, count)
  const focused = root.getRootNode().activeElement
  const before = Number(focused?.dataset?.point ?? -1)
  const marks = points.map((place, i) => markOf(data, place, i))
  const own = places.length > count ? [ownMark(places[count])] : []
  // What must be found among many is drawn last: wrong answers, then the chosen one.
  const height = (i) => (i === data.chosen ? 2 : data.arrays.wrong[i])
  const order = marks.map((_, i) => i).sort((a, b) => height(a) - height(b))
  svg.replaceChildren(...order.map((i) => marks[i]), ...own)
  svg.setAttribute("aria-label", data.alt)
  const stop = data.chosen >= 0 ? data.chosen : 0
  const settle = (at) => marks.forEach((mark, i) => mark.setAttribute("tabindex", i === at ? "0" : "-1"))
  settle(stop)
  marks.forEach((mark, i) => {
    mark.onfocus = () => (settle(i), tell(root, data, i))
    mark.onpointerenter = () => tell(root, data, i)
    mark.onclick = () => setTriggerValue("picked", i)
    mark.onkeydown = (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey) return
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault()
        setTriggerValue("picked", i)
        return
      }
      const to = next(points, i, event.key)
      if (to === null) return
      event.preventDefault()
      marks[to].focus()
    }
  })
  root.querySelector(".space-legend").replaceChildren(...legend(data))
  if (before >= 0 && before < count) marks[before].focus()
  tell(root, data, before >= 0 && before < count ? before : stop)
}

function markOf(data, { x, y }, i) {
  const label = data.arrays.labels[i], wrong = data.arrays.wrong[i] === 1
  const group = drawn("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, role: "button" })
  group.setAttribute("aria-label", [data.names[i], data.classes[label], wrong ? data.said[i] : ""].filter(Boolean).join(", "))
  group.dataset.point = String(i)
  group.setAttribute("class", i === data.chosen ? "chosen" : "")
  group.append(drawn("circle", { r: 10, class: "reach" }))
  if (wrong) group.append(drawn("circle", { r: 9, class: "wrong" }))
  group.append(drawn("path", { d: shapeOf(label), fill: data.colors[label % data.colors.length] }))
  return group
}

function ownMark({ x, y }) {
  const group = drawn("g", { transform: `translate(${x.toFixed(1)} ${y.toFixed(1)})`, class: "own", "aria-hidden": "true" })
  group.append(drawn("path", { d: "M-14,0H14M0,-14V14", class: "under" }), drawn("path", { d: "M-14,0H14M0,-14V14" }))
  return group
}

function legend(data) {
  const key = (sign, text) => {
    const item = element("li")
    const image = drawn("svg", { viewBox: "-11 -11 22 22", "aria-hidden": "true" })
    image.append(sign)
    item.append(image, element("span", "", text))
    return item
  }
  const used = new Set(data.arrays.labels)
  const classes = data.classes.flatMap((name, i) =>
    used.has(i) ? [key(drawn("path", { d: shapeOf(i), fill: data.colors[i % data.colors.length] }), name)] : [],
  )
  const ring = data.arrays.wrong.includes(1) ? [key(drawn("circle", { r: 9, class: "wrong" }), data.ring)] : []
  const cross = data.arrays.points.length / 2 > data.names.length
    ? [key(drawn("path", { d: "M-9,0H9M0,-9V9", class: "cross" }), "your picture")]
    : []
  return [...classes, ...ring, ...cross]
}

function tell(root, data, i) {
  const { src, side, columns } = data.sheet
  const picture = root.querySelector(".space-picture")
  const rows = Math.ceil(data.names.length / columns)
  picture.style.backgroundImage = `url(${src})`
  picture.style.backgroundSize = `${columns * 100}% ${rows * 100}%`
  const share = (at, of) => (of > 1 ? (100 * at) / (of - 1) : 0)
  picture.style.backgroundPosition = `${share(i % columns, columns)}% ${share(Math.floor(i / columns), rows)}%`
  picture.dataset.side = String(side)
  const [name, truth, said] = root.querySelectorAll(".space-told span")
  name.textContent = data.names[i]
  truth.textContent = data.classes[data.arrays.labels[i]]
  said.textContent = data.said[i]
  said.className = data.arrays.wrong[i] === 1 ? "bad" : ""
}
