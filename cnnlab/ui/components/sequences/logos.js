// Filters as logos: buttons, of which a press chooses the one that is followed along the sequence.
import { showHtml } from "../common/dom.js"
import { oneStop } from "../common/one_stop.js"

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".logos")
  showHtml(root, data.cards)
  const buttons = [...root.querySelectorAll("button")]
  buttons.forEach((button) => {
    const filter = Number(button.dataset.filter)
    button.setAttribute("aria-pressed", String(filter === data.chosen))
    button.onclick = () => setTriggerValue("picked", filter)
  })
  oneStop(root, buttons, buttons.findIndex((button) => Number(button.dataset.filter) === data.chosen))
}
