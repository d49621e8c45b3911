// The architecture page's moving part: strip, total, controls, table and history, changed in place at every move.
import { drawControls } from "../controls/controls.js"
import { keepNetwork } from "../frame/keep.js"
import { drawStrip } from "../frame/strip.js"
import { address } from "../common/addresses.js"
import { showHtml } from "../common/dom.js"
import { drawDiagram } from "./diagram.js"
import { drawHead, drawSliders, drawTable, drawTools, wireTable } from "./table.js"

export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  const pick = (index) => setTriggerValue("picked", index)
  drawStrip(find(".strip"), data.strip, pick)
  keepNetwork(data.kept, (text) => setTriggerValue("kept", text))
  const edit = (action) => setTriggerValue("edit", action)
  drawControls(find(".controls"), data.controls, (values) => setStateValue("values", values), edit)
  find(".controls").classList.toggle("all", data.editor)
  for (const button of find(".controls").querySelectorAll("[data-action]")) button.disabled = data.frozen
  for (const button of parentElement.querySelectorAll("[data-editor]")) {
    button.setAttribute("aria-pressed", String(data.editor === (button.dataset.editor === "true")))
    button.onclick = () => setTriggerValue("editor", button.dataset.editor === "true")
  }
  markChosen(find(".controls"), data.strip.selected)
  const adding = find(".adding")
  adding.hidden = !data.editor || data.bare
  const kind = adding.querySelector("select")
  if (!kind.options.length) kind.append(...data.classes.map((name) => new Option(name, name)))
  adding.querySelector("button").textContent = data.adding
  adding.querySelector("button").disabled = data.full || data.frozen
  adding.querySelector("button").onclick = () => {
    const behind = data.strip.selected ?? data.strip.blocks.length - 2
    find(".controls").state.refocus = `[data-handle^="layer${behind + 1}."]`
    edit({ what: "add", class_name: kind.value })
  }
  find(".big-number").textContent = data.total.number
  find(".big-number").classList.toggle("wrong", data.total.wrong)
  find(".total-said").textContent = data.total.said
  drawTable(find(".st-key-shape_table"), data.table, data.link)
  wireTable(find(".st-key-shape_table"), pick, (said) => setTriggerValue("answer", said))
  drawTools(find(".st-key-table_tools"), data.view, (wish) => setTriggerValue("view", wish))
  drawHead(find(".st-key-output_head"), data.head, data.logits, (logits) => setStateValue("logits", logits))
  for (const button of parentElement.querySelectorAll("[data-head]")) {
    button.disabled = data.frozen
    button.onclick = () => setTriggerValue("head", button.dataset.head)
  }
  placePanel(find(".st-key-network_panel"), data.total.wrong)
  showHtml(find(".st-key-network_panel"), data.panel)
  showHtml(find(".post-panel"), data.post)
  find(".st-key-post_and_keras").hidden = !data.post
  drawDiagram(find(".st-key-diagram"), data.diagram, (open) => setTriggerValue("diagram", open), pick)
  drawUnit(find(".st-key-unit_field"))
  for (const button of parentElement.querySelectorAll("[data-fix]")) {
    button.onclick = () => setTriggerValue("fix", Number(button.dataset.fix))
  }
  drawPresets(find(".presets"), data.presets)
  find(".presets").disabled = data.frozen
  for (const one of [find(".presets").closest("label"), find("[data-history=reset]"), find(".st-key-output_head")]) {
    one.hidden = data.bare
  }
  find(".preset-why").textContent = data.presets.why
  find(".lab").dataset.drawn = ""
  find(".copy-link").onclick = () => copyLink(data.link && address(`architecture?net=${data.link}`))
  for (const button of parentElement.querySelectorAll("[data-history]")) {
    button.disabled = !data.history.includes(button.dataset.history) || (data.frozen && button.dataset.history === "reset")
    button.onclick = () => setTriggerValue("history", button.dataset.history)
  }

  // In the editor the selected layer's own controls come into sight.
  function markChosen(controls, selected) {
    let chosen = null
    for (const box of controls.querySelectorAll("fieldset")) {
      const isChosen = selected !== null && box.querySelector(`[data-index="${selected}"]`) !== null
      box.classList.toggle("chosen", isChosen)
      if (isChosen) chosen = box
    }
    if (controls.chosen !== selected && chosen) {
      controls.scrollTop += chosen.getBoundingClientRect().top - controls.getBoundingClientRect().top
    }
    controls.chosen = data.editor ? selected : null
  }

  // The ways out of an impossible network stand right under the table: in sight without scrolling.
  function placePanel(panel, first) {
    const history = find(".st-key-network_history")
    const isFirst = Boolean(panel.compareDocumentPosition(history) & Node.DOCUMENT_POSITION_FOLLOWING)
    if (first && !isFirst) history.before(panel)
    if (!first && isFirst) find(".preset-why").after(panel)
  }

  function drawPresets(select, { names, current }) {
    if (select.options.length !== names.length + 1) {
      select.replaceChildren(new Option("your own", ""), ...names.map(([key, title]) => new Option(title, key)))
    }
    select.value = current
    select.onchange = () => setTriggerValue("preset", select.value)
  }

  async function copyLink(link) {
    const said = find(".copied")
    if (!link) {
      said.textContent = "this network is too large for a link; save it as JSON"
      return
    }
    try {
      await navigator.clipboard.writeText(link)
      said.textContent = "copied: whoever opens it sees this network"
    } catch {
      said.textContent = link
    }
  }

  function drawUnit(details) {
    const { open, html, sides, unit } = data.unit
    details.ontoggle = () => {
      if (details.open !== open) setTriggerValue("unit_open", details.open)
    }
    showHtml(find(".unit-picture"), html)
    find(".unit-places").hidden = !sides.length
    if (sides.length) {
      sides.forEach((side, i) => (details.querySelectorAll("input")[i].max = side - 1))
      drawSliders(details, unit, (place) => setStateValue("unit", place))
    }
  }
}
