import { keepNetwork } from "./keep.js"
import { drawStrip } from "./strip.js"

export default function ({ data: [data], parentElement, setTriggerValue }) {
  drawStrip(parentElement.querySelector(".strip"), data.strip, (index) => setTriggerValue("picked", index))
  keepNetwork(data.kept, (text) => setTriggerValue("kept", text))
}
