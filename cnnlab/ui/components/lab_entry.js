// The architecture page's moving part: strip, total, controls, table and history, changed in place at every move.
export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  drawStrip(find(".strip"), data.strip, (index) => setTriggerValue("picked", index))
  drawControls(find(".controls"), data.controls, (values) => setStateValue("values", values))
  find(".big-number").textContent = data.total.number
  find(".big-number").classList.toggle("wrong", data.total.wrong)
  find(".total-said").textContent = data.total.said
  const table = find(".st-key-shape_table")
  if (table.shown !== data.table) {
    table.shown = data.table
    table.innerHTML = data.table
  }
  for (const button of parentElement.querySelectorAll("[data-history]")) {
    button.disabled = !data.history.includes(button.dataset.history)
    button.onclick = () => setTriggerValue("history", button.dataset.history)
  }
}
