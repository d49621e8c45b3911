// What stands around the shape table: columns, batch, predictions; and what a click or an answer in it does.
import { showFill } from "../controls/slider.js"
import { showHtml } from "../common/dom.js"
import { oneStop } from "../common/one_stop.js"

export function drawTable(place, html, network) {
  // Replaced only when it changed, so that a selection in it survives; what is being typed is carried over.
  if (place.shown === html) return
  const typed = new Map([...place.querySelectorAll("[data-ask]")].map((input) => [input.dataset.ask, input.value]))
  const asked = document.activeElement?.closest?.(".st-key-shape_table [data-ask]")?.getAttribute("data-ask")
  const row = document.activeElement?.closest?.(".st-key-shape_table th button")?.getAttribute("data-layer")
  showHtml(place, html)
  // Only a change of the network dims what stayed as it was; selecting a layer does not.
  place.classList.toggle("moved", place.network !== undefined && place.network !== network)
  place.network = network
  for (const input of place.querySelectorAll("[data-ask]")) {
    if (!input.value && typed.has(input.dataset.ask)) input.value = typed.get(input.dataset.ask)
  }
  const inputs = [...place.querySelectorAll("[data-ask]")]
  if (asked !== undefined) inputs.find((input) => Number(input.dataset.ask) >= Number(asked))?.focus()
  if (row) place.querySelector(`th button[data-layer="${row}"]`)?.focus()
}

export function wireTable(place, pick, answer) {
  const names = [...place.querySelectorAll("th button")]
  oneStop(place, names, names.findIndex((name) => name.closest("tr").hasAttribute("aria-current")))
  place.onclick = (event) => {
    const line = event.target.closest("tr[data-layer]")
    if (line && !event.target.closest("input") && !String(getSelection())) pick(Number(line.dataset.layer))
  }
  place.onchange = (event) => {
    if (event.target.dataset.ask) answer({ index: Number(event.target.dataset.ask), text: event.target.value })
  }
}

export function drawTools(root, data, change) {
  const every = root.querySelector(".every-number")
  every.setAttribute("aria-pressed", String(data.every_number))
  every.onclick = () => change({ every_number: !data.every_number })
  const batch = root.querySelector(".batch")
  batch.value = data.batch
  batch.onchange = () => change({ batch: batch.value })
  const size = root.querySelector(".batch-size")
  if (document.activeElement !== size) size.value = data.batch_size
  size.onchange = () => {
    if (size.checkValidity() && size.value) change({ batch_size: Number(size.value) })
    else size.value = data.batch_size
  }
  const asked = root.querySelector(".asked")
  if (!asked.options.length) {
    asked.append(new Option("nothing", ""), ...data.columns.map(([key, said]) => new Option(said, key)))
  }
  asked.value = data.asked
  asked.onchange = () => change({ asked: asked.value })
  const reveal = root.querySelector(".reveal")
  reveal.hidden = !data.hidden
  reveal.onclick = () => change({ revealed: true })
  root.querySelector(".score").textContent = data.score
  root.querySelector(".verdict").textContent = data.said
}

export function drawHead(details, html, logits, send) {
  showHtml(details.querySelector(".head-panel"), html)
  drawSliders(details, logits, send)
}

// Sliders without a group: each shows its number, and all are sent together when one moves.
export function drawSliders(details, values, send) {
  const inputs = [...details.querySelectorAll("input[type=range]")]
  const say = (input) => {
    input.previousElementSibling.textContent = input.value.replace("-", "−")
    showFill(input)
  }
  inputs.forEach((input, i) => {
    if (document.activeElement !== input) input.value = values[i]
    say(input)
    input.oninput = () => {
      say(input)
      send(inputs.map((each) => Number(each.value)))
    }
  })
}
