// The living network: columns of maps, what each reads, and what it sees of the picture.
import { drawControls } from "../controls/controls.js"
import { keepNetwork } from "../frame/keep.js"
import { showHtml } from "../common/dom.js"
import { unpack } from "../common/unpack.js"
import { drawAnswer, drawColumns, template } from "./columns.js"
import { takeDrops } from "./drop.js"
import { listen } from "./light.js"

const SETTLED = 160 // milliseconds without another move, before maps are wanted

export default function ({ data: packed, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".flow")
  const data = unpack(packed)
  drawControls(root.querySelector(".controls"), data.controls, (values) => setStateValue("values", values))
  keepNetwork(data.kept, (text) => setTriggerValue("kept", text))
  const undo = root.querySelector(".flow-undo")
  undo.disabled = !data.undo
  undo.onclick = () => setTriggerValue("undo", true)
  root.drops ??= takeDrops(root)
  const opens = {
    layer: (index) => setTriggerValue("picked", index),
    tile: (layer, channel) => setTriggerValue("tile", { layer, channel }),
  }
  const urls = Object.fromEntries(
    Object.entries(data.arrays).map(([name, bytes]) => [name, URL.createObjectURL(new Blob([bytes], { type: "image/png" }))]),
  )
  const turn = (root.turn = (root.turn ?? 0) + 1)
  draw(root, data, opens, (name) => root.shown?.[name] ?? "")
  // An image that is not decoded yet would leave its tile empty for a moment.
  Promise.all(Object.values(urls).map(decoded)).then(() => {
    if (root.turn !== turn) return forget(urls)
    const before = root.shown
    // While new maps are awaited, those before stay to be seen.
    root.shown = data.pending ? (before ?? {}) : urls
    draw(root, data, opens, (name) => root.shown[name] ?? "")
    arrive(root, data)
    if (!data.pending) forget(before ?? {})
  })
  clearTimeout(root.asking)
  if (data.pending) root.asking = setTimeout(() => setTriggerValue("look", true), root.shown ? SETTLED : 0)
  return () => {
    root.drops?.()
    root.drops = null
    root.watched?.disconnect()
    clearTimeout(root.asking)
  }
}

const forget = (urls) => Object.values(urls).forEach((url) => url && URL.revokeObjectURL(url))

const decoded = (url) => {
  const image = new Image()
  image.src = url
  return image.decode().catch(() => {})
}

function draw(root, data, opens, urlOf) {
  const grid = root.querySelector(".flow-grid")
  grid.style.gridTemplateColumns = template(data.heads)
  const columns = drawColumns(grid, data, urlOf, opens.layer)
  drawAnswer(grid, data)
  if (!data.pending) {
    showHtml(root.querySelector(".flow-answer"), data.answer?.said ?? "")
    root.querySelector(".flow-caution").textContent = data.refused || (data.answer?.caution ?? "")
  }
  root.classList.toggle("waiting", data.pending)
  listen(root, grid, data, columns, opens.tile)
}

/** Let the picture be seen to flow, once for each flow. */
function arrive(root, data) {
  if (data.pending || root.dataset.key === data.key) return
  root.dataset.key = data.key
  const grid = root.querySelector(".flow-grid")
  grid.classList.remove("arriving")
  void grid.offsetWidth // so that the same animation begins again
  const columns = grid.querySelectorAll(".flow-column")
  columns.forEach((column, i) => (column.lastElementChild.style.animationDelay = `${(1300 * i) / columns.length}ms`))
  grid.classList.add("arriving")
}
