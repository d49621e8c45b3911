// The strip: one button a layer, and one stop of the Tab key. A click (or Enter) selects that layer everywhere.
import { element } from "../common/dom.js"
import { oneStop } from "../common/one_stop.js"

export function drawStrip(root, data, pick) {
  const signature = JSON.stringify(data.blocks.map((b) => [b.color, b.index]))
  if (root.dataset.signature !== signature) {
    root.dataset.signature = signature
    root.replaceChildren(...data.blocks.map(makeBlock))
  }
  data.blocks.forEach((block, i) => fill(root.children[i], block))
  const buttons = [...root.querySelectorAll("button")]
  oneStop(root, buttons, buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true"))

  function makeBlock(block) {
    const item = element(block.index === null ? "div" : "button", "block")
    item.style.setProperty("--kind", block.color)
    item.append(element("span"), element("strong"))
    if (block.index !== null) item.setAttribute("type", "button")
    return item
  }

  function fill(item, block) {
    const [label, shape] = item.children
    if (label.textContent !== block.label) label.textContent = block.label
    if (shape.textContent !== block.shape) shape.textContent = block.shape
    if (item.title !== block.title) item.title = block.title
    item.style.setProperty("--tall", block.tall.toFixed(3))
    item.classList.toggle("problem", block.state === "problem")
    item.classList.toggle("dimmed", block.state === "dimmed")
    if (block.index === null) return
    item.setAttribute("aria-pressed", String(block.index === data.selected))
    item.onclick = () => pick(block.index)
  }
}
