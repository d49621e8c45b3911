import { drawControls } from "./controls.js"

export default function ({ data: [data], parentElement, setStateValue }) {
  drawControls(parentElement.querySelector(".controls"), data, (values) => setStateValue("values", values))
}
