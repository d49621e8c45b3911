// The student's own box: drawn with the pointer, or moved with the arrow keys and sent with Enter.
import { element } from "../common/dom.js"
import { afterKey, boxBetween, middleBox, over } from "./box.js"
import { pixelUnder } from "./figures.js"

/** Let a box be drawn on the only figure; `send` gets its first row and column and its last ones. */
export function takeBox(root, data, send) {
  const canvas = root.querySelector(".explain-stage canvas")
  const stage = canvas.parentElement
  let from = null
  let box = null
  const draw = (now) => {
    box = now
    stage.querySelector(".explain-box")?.remove()
    Object.assign(stage.appendChild(element("i", "explain-box")).style, over(box, data.size))
  }
  const sent = () => {
    from = null
    if (box) send({ top: box[0], left: box[1], bottom: box[2], right: box[3] })
  }
  canvas.classList.add("explain-drawn")
  canvas.onpointerdown = (event) => {
    canvas.setPointerCapture(event.pointerId)
    from = pixelUnder(canvas, event, data.size)
    draw(boxBetween(from, from))
  }
  canvas.onpointermove = (event) => from && draw(boxBetween(from, pixelUnder(canvas, event, data.size)))
  canvas.onpointerup = () => from && sent()
  canvas.onfocus = () => canvas.matches(":focus-visible") && !box && draw(middleBox(data.size))
  canvas.onkeydown = (event) => {
    if (event.key === "Enter") return sent()
    const next = box && afterKey(box, event.key, event.shiftKey, data.size)
    if (!next || event.altKey || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    draw(next)
  }
}
