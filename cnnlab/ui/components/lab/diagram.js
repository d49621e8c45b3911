// The diagram of the network: a picture whose blocks select their layer, to be taken along as SVG or PNG.
import { download, showHtml } from "../common/dom.js"
import { oneStop } from "../common/one_stop.js"
import { token } from "../common/tokens.js"

// Drawn by the server only while it is open: it is the largest part of what a move sends.
export function drawDiagram(details, { open, svg, closer }, toggle, pick) {
  details.ontoggle = () => {
    if (details.open !== open) toggle(details.open)
  }
  showHtml(details.querySelector(".diagram"), svg)
  showHtml(details.querySelector(".closer"), closer)
  const blocks = [...details.querySelectorAll("g[role=button]")]
  oneStop(details.querySelector(".diagram"), blocks, blocks.findIndex((block) => block.classList.contains("chosen")))
  for (const block of blocks) {
    const choose = () => pick(Number(block.dataset.layer))
    block.onclick = choose
    block.onkeydown = (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault()
        choose()
      }
    }
  }
  for (const button of details.querySelectorAll(".take-diagram")) {
    button.hidden = !svg
    button.onclick = () => save(details.querySelector(".diagram svg"), button.dataset.format)
  }
}

function save(drawn, format) {
  const copy = drawn.cloneNode(true)
  copy.style.color = token("ink")
  const svg = new Blob([new XMLSerializer().serializeToString(copy)], { type: "image/svg+xml" })
  if (format === "svg") return download(svg, "network.svg")
  const picture = new Image()
  picture.onload = () => {
    const canvas = document.createElement("canvas")
    canvas.width = 2 * drawn.width.baseVal.value
    canvas.height = 2 * drawn.height.baseVal.value
    const ink = canvas.getContext("2d")
    ink.fillStyle = token("paper")
    ink.fillRect(0, 0, canvas.width, canvas.height)
    ink.drawImage(picture, 0, 0, canvas.width, canvas.height)
    URL.revokeObjectURL(picture.src)
    canvas.toBlob((png) => download(png, "network.png"))
  }
  picture.src = URL.createObjectURL(svg)
}
