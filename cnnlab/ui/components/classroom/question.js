// One question for the whole class, and the one button that leads from asking to the answer.
import { showHtml } from "../common/dom.js"

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".ask-class")
  const find = (selector) => root.querySelector(selector)
  const [press, reveal] = [find(".ask-press"), find(".ask-reveal")]
  showHtml(find(".ask-words"), data.html)
  find(".ask-words").setAttribute("lang", data.lang)
  showHtml(find(".ask-count"), data.count)
  showHtml(find(".ask-votes"), data.votes)
  press.textContent = data.press
  reveal.hidden = !data.reveal
  press.onclick = () => setTriggerValue("pressed", data.revision)
  reveal.onclick = () => setTriggerValue("revealed", data.revision)
  // So that Space or Enter presses it from the first moment on; whoever types elsewhere is left alone.
  const at = document.activeElement
  if (at === document.body || (!root.opened && !at?.matches("input:not([type=radio]), textarea"))) press.focus({ preventScroll: true })
  root.opened = true
}
