// The architecture page's moving part: strip, total, controls, table and history, changed in place at every move.
export default function ({ data: [data], parentElement, setStateValue, setTriggerValue }) {
  const find = (selector) => parentElement.querySelector(selector)
  drawStrip(find(".strip"), data.strip, (index) => setTriggerValue("picked", index))
  keepNetwork(data.kept, (text) => setTriggerValue("kept", text))
  const edit = (action) => setTriggerValue("edit", action)
  drawControls(find(".controls"), data.controls, (values) => setStateValue("values", values), edit)
  find(".controls").classList.toggle("all", data.editor)
  for (const button of parentElement.querySelectorAll("[data-editor]")) {
    button.setAttribute("aria-pressed", String(data.editor === (button.dataset.editor === "true")))
    button.onclick = () => setTriggerValue("editor", button.dataset.editor === "true")
  }
  markChosen(find(".controls"), data.strip.selected)
  const adding = find(".adding")
  adding.hidden = !data.editor
  const kind = adding.querySelector("select")
  if (!kind.options.length) kind.append(...data.classes.map((name) => new Option(name, name)))
  adding.querySelector("button").textContent = data.adding
  adding.querySelector("button").disabled = data.full
  adding.querySelector("button").onclick = () => {
    const behind = data.strip.selected ?? data.strip.blocks.length - 2
    find(".controls").state.refocus = `[data-handle^="layer${behind + 1}."]`
    edit({ what: "add", class_name: kind.value })
  }
  find(".big-number").textContent = data.total.number
  find(".big-number").classList.toggle("wrong", data.total.wrong)
  find(".total-said").textContent = data.total.said
  drawTable(find(".st-key-shape_table"), data.table, data.link)
  wireTable(find(".st-key-shape_table"), (index) => setTriggerValue("picked", index), (said) => setTriggerValue("answer", said))
  drawTools(find(".st-key-table_tools"), data.view, (wish) => setTriggerValue("view", wish))
  drawHead(find(".st-key-output_head"), data.head, data.logits, (logits) => setStateValue("logits", logits))
  for (const button of parentElement.querySelectorAll("[data-head]")) {
    button.onclick = () => setTriggerValue("head", button.dataset.head)
  }
  placePanel(find(".st-key-network_panel"), data.total.wrong)
  show(".st-key-network_panel", data.panel)
  show(".post-panel", data.post)
  find(".st-key-post_and_keras").hidden = !data.post
  drawDiagram(find(".st-key-diagram"))
  drawUnit(find(".st-key-unit_field"))
  for (const button of parentElement.querySelectorAll("[data-fix]")) {
    button.onclick = () => setTriggerValue("fix", Number(button.dataset.fix))
  }
  drawPresets(find(".presets"), data.presets)
  find(".preset-why").textContent = data.presets.why
  find(".copy-link").onclick = () => copyLink(data.link && `${location.origin}/architecture?net=${data.link}`)
  for (const button of parentElement.querySelectorAll("[data-history]")) {
    button.disabled = !data.history.includes(button.dataset.history)
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

  // Replaced only when it changed, so that a selection or an open menu in it survives.
  function show(selector, html) {
    const place = find(selector)
    if (place.shown !== html) {
      place.shown = html
      place.innerHTML = html
    }
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

  async function copyLink(address) {
    const said = find(".copied")
    if (!address) {
      said.textContent = "this network is too large for a link; save it as JSON"
      return
    }
    try {
      await navigator.clipboard.writeText(address)
      said.textContent = "copied: whoever opens it sees this network"
    } catch {
      said.textContent = address
    }
  }

  // Drawn by the server only while it is open: it is the largest part of what a move sends.
  function drawDiagram(details) {
    details.ontoggle = () => {
      if (details.open !== data.diagram.open) setTriggerValue("diagram", details.open)
    }
    show(".diagram", data.diagram.svg)
    show(".closer", data.diagram.closer)
    for (const block of details.querySelectorAll("g[role=button]")) {
      const pick = () => setTriggerValue("picked", Number(block.dataset.layer))
      block.onclick = pick
      block.onkeydown = (event) => {
        if (event.key === "Enter" || event.key === " ") {
          event.preventDefault()
          pick()
        }
      }
    }
    for (const button of details.querySelectorAll(".take-diagram")) {
      button.hidden = !data.diagram.svg
      button.onclick = () => save(details.querySelector(".diagram svg"), button.dataset.format)
    }
  }

  function drawUnit(details) {
    const { open, html, sides, unit } = data.unit
    details.ontoggle = () => {
      if (details.open !== open) setTriggerValue("unit_open", details.open)
    }
    show(".unit-picture", html)
    find(".unit-places").hidden = !sides.length
    if (sides.length) {
      sides.forEach((side, i) => (details.querySelectorAll("input")[i].max = side - 1))
      drawSliders(details, unit, (place) => setStateValue("unit", place))
    }
  }

  function save(drawn, format) {
    const copy = drawn.cloneNode(true)
    copy.style.color = "#1b2428"
    const svg = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" })
    if (format === "svg") return download(svg, "network.svg")
    const picture = new Image()
    picture.onload = () => {
      const canvas = document.createElement("canvas")
      canvas.width = 2 * drawn.width.baseVal.value
      canvas.height = 2 * drawn.height.baseVal.value
      const ink = canvas.getContext("2d")
      ink.fillStyle = "#ffffff"
      ink.fillRect(0, 0, canvas.width, canvas.height)
      ink.drawImage(picture, 0, 0, canvas.width, canvas.height)
      URL.revokeObjectURL(picture.src)
      canvas.toBlob((png) => download(png, "network.png"))
    }
    picture.src = URL.createObjectURL(svg)
  }

  function download(blob, name) {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(blob)
    link.download = name
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  }
}
