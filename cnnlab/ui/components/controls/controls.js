// Live controls: native range inputs that report while they move, at most once every 40 ms.
// Values come back from the server only when something else changed them (data.version).
import { oneStop } from "../common/one_stop.js"
import { showFill } from "./slider.js"

const INTERVAL = 40

export function drawControls(root, data, send, edit) {
  const state = (root.state ??= { values: {}, version: null, timer: null, last: 0, signature: "" })
  state.send = send
  state.edit = edit

  const all = (group) => [...group.controls, ...group.more]
  const form = (group) => [group.title, group.color, group.index, all(group).map((control) => ({ ...control, value: null, text: null }))]
  const signature = JSON.stringify(data.groups.map(form))
  const rebuilt = state.signature !== signature
  if (rebuilt) {
    const focused = root.getRootNode().activeElement?.dataset?.handle
    state.signature = signature
    root.replaceChildren(...data.groups.map(makeGroup))
    const next = state.refocus ?? (focused && `[data-handle="${CSS.escape(focused)}"]`)
    state.refocus = null
    if (next) root.querySelector(next)?.focus()
  }
  if (rebuilt || state.version !== data.version) {
    state.version = data.version
    state.values = {}
    for (const group of data.groups) for (const control of all(group)) show(control)
  }
  for (const group of data.groups) {
    const note = root.querySelector(`[data-note="${CSS.escape(group.title)}"]`)
    if (note && note.textContent !== group.note) note.textContent = group.note
  }

  function makeGroup(group) {
    const box = document.createElement("fieldset")
    box.style.setProperty("--kind", group.color)
    const legend = document.createElement("legend")
    legend.textContent = group.title
    const note = document.createElement("span")
    note.className = "note"
    note.dataset.note = group.title
    legend.append(note)
    if (group.index !== null) legend.append(makeActions(group))
    box.append(legend, ...group.controls.map(makeControl))
    if (group.more.length) {
      const details = document.createElement("details")
      const summary = document.createElement("summary")
      summary.textContent = "width apart from height"
      details.append(summary, ...group.more.map(makeControl))
      box.append(details)
    }
    return box
  }

  function makeControl(control) {
    const row = document.createElement("label")
    row.className = "control"
    const name = document.createElement("span")
    name.textContent = control.label
    const output = document.createElement("output")
    const input = makeInput(control)
    input.dataset.handle = control.handle
    input.setAttribute("aria-label", control.said)
    input.disabled = control.locked
    if (control.help) row.title = control.help
    input.oninput = () => {
      state.values[control.handle] = read(input)
      setText(input, output, control.form.replaceAll("#", input.value))
      schedule()
    }
    row.append(name, output, input)
    return row
  }

  function makeInput(control) {
    if (control.type === "menu") {
      const select = document.createElement("select")
      select.append(...control.choices.map((choice) => new Option(choice, choice)))
      return select
    }
    const input = document.createElement("input")
    if (control.type === "switch") input.type = "checkbox"
    else Object.assign(input, { type: "range", min: control.min, max: control.max, step: control.step })
    return input
  }

  function read(input) {
    if (input.type === "checkbox") return input.checked
    return input.type === "range" ? Number(input.value) : input.value
  }

  function makeActions(group) {
    const actions = document.createElement("span")
    actions.className = "actions"
    actions.setAttribute("role", "toolbar")
    actions.setAttribute("aria-label", group.title)
    for (const [what, sign, said] of [
      ["up", "↑", "Move up"],
      ["down", "↓", "Move down"],
      ["duplicate", "×2", "Duplicate ×2"],
      ["remove", "✕", "Remove"],
    ]) {
      const button = document.createElement("button")
      button.type = "button"
      button.textContent = sign
      button.title = said
      button.setAttribute("aria-label", `${said} ${group.title}`)
      button.dataset.action = what
      button.dataset.index = group.index
      button.onclick = () => {
        const to = group.index + { up: -1, down: 1, duplicate: 1, remove: 0 }[what]
        state.refocus = `[data-action="${what}"][data-index="${to}"]`
        state.edit?.({ what, index: group.index })
      }
      actions.append(button)
    }
    oneStop(actions, [...actions.querySelectorAll("button")])
    return actions
  }

  function show(control) {
    const input = root.querySelector(`[data-handle="${CSS.escape(control.handle)}"]`)
    if (control.type === "switch") input.checked = control.value
    else input.value = control.value
    state.values[control.handle] = control.value
    setText(input, input.previousElementSibling, control.text)
  }

  function setText(input, output, text) {
    if (input.type !== "range") return
    output.textContent = text
    input.setAttribute("aria-valuetext", text)
    showFill(input)
  }

  function schedule() {
    if (state.timer !== null) return
    const wait = Math.max(0, INTERVAL - (performance.now() - state.last))
    const send = () => {
      state.timer = null
      state.last = performance.now()
      state.send({ ...state.values })
    }
    if (wait === 0) send()
    else state.timer = setTimeout(send, wait)
  }
}
