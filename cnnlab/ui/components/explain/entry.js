// Explanations over the picture: one figure for each, read under the pointer in all of them at once.
import { unpack } from "../common/unpack.js"
import { drawFigures } from "./figures.js"
import { takeBox } from "./predict.js"

const STRENGTH = "cnnlab-explain-strength"

export default function ({ data: packed, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".explain")
  const data = unpack(packed)
  root.classList.toggle("small", data.small)
  const strength = root.querySelector(".explain-strength")
  strength.hidden = data.asks
  const slider = strength.querySelector("input")
  slider.value = sessionStorage.getItem(STRENGTH) ?? "70"
  const figures = drawFigures(root, data, () => Number(slider.value) / 100)
  slider.oninput = () => {
    sessionStorage.setItem(STRENGTH, slider.value)
    figures.paint()
  }
  root.querySelector(".explain-hint").textContent = data.hint
  if (data.asks) takeBox(root, data, (box) => setTriggerValue("box", box))
}
