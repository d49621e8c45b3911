// Live controls: native range inputs that report while they move, at most once every 40 ms.
// Values come back from the server only when something else changed them (data.version).
const INTERVAL = 40

function drawControls(root, data, send) {
  const state = (root.state ??= { values: {}, version: null, timer: null, last: 0, signature: "" })
  state.send = send

  const signature = JSON.stringify(data.groups.map((g) => [g.title, g.color, g.controls.map(({ value, text, ...rest }) => rest)]))
  const rebuilt = state.signature !== signature
  if (rebuilt) {
    const focused = root.getRootNode().activeElement?.dataset?.handle
    state.signature = signature
    root.replaceChildren(...data.groups.map(makeGroup))
    if (focused) root.querySelector(`[data-handle="${CSS.escape(focused)}"]`)?.focus()
  }
  if (rebuilt || state.version !== data.version) {
    state.version = data.version
    state.values = {}
    for (const group of data.groups) for (const control of group.controls) show(control)
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
    box.append(legend, ...group.controls.map(makeControl))
    return box
  }

  function makeControl(control) {
    const row = document.createElement("label")
    row.className = "control"
    const name = document.createElement("span")
    name.textContent = control.label
    const output = document.createElement("output")
    const input = document.createElement("input")
    Object.assign(input, { type: "range", min: control.min, max: control.max, step: control.step })
    input.dataset.handle = control.handle
    input.setAttribute("aria-label", control.said)
    if (control.help) row.title = control.help
    input.oninput = () => {
      const value = Number(input.value)
      state.values[control.handle] = value
      setText(input, output, control.form.replaceAll("#", String(value)))
      schedule()
    }
    row.append(name, output, input)
    return row
  }

  function show(control) {
    const input = root.querySelector(`[data-handle="${CSS.escape(control.handle)}"]`)
    input.value = control.value
    state.values[control.handle] = control.value
    setText(input, input.previousElementSibling, control.text)
  }

  function setText(input, output, text) {
    output.textContent = text
    input.setAttribute("aria-valuetext", text)
    input.style.setProperty("--fill", `${(100 * (input.value - input.min)) / (input.max - input.min)}%`)
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
