// The confusion matrix: every cell opens its pictures; with one output a threshold moves all counts at once.
import { oneStop } from "../common/one_stop.js"
import { share } from "../common/numbers.js"
import { drawCurve, markThreshold, ratesAt } from "./rates.js"

const said = (value) => (value === null ? "–" : `${share(value, 1, 100)} %`)

export default function (component) {
  const { data: [data], parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".confusion")
  const table = root.querySelector("tbody"), slider = root.querySelector("input")
  const n = data.classes.length
  if (root.dataset.run !== data.run) {
    root.dataset.run = data.run
    slider.value = "50"
    root.querySelector("thead tr").replaceChildren(
      ...["", ...data.classes.map((name) => `given: ${name}`)].map((text) => {
        const cell = document.createElement("th")
        cell.textContent = text
        cell.scope = "col"
        return cell
      }),
    )
    table.replaceChildren(
      ...data.classes.map((name, i) => {
        const row = document.createElement("tr")
        const head = document.createElement("th")
        head.scope = "row"
        head.textContent = `is: ${name}`
        row.append(head)
        for (let j = 0; j < n; j++) {
          const cell = document.createElement("td")
          const button = document.createElement("button")
          button.type = "button"
          button.className = i === j ? "right" : "wrong"
          cell.append(button)
          row.append(cell)
        }
        return row
      }),
    )
  }
  const binary = data.steps.length > 1
  const figures = [...root.querySelectorAll(".rates figure")].filter(() => data.curves)
  root.querySelector(".rates").hidden = !data.curves
  figures.forEach((figure) => drawCurve(figure, data.curves[figure.dataset.curve]))
  root.querySelector(".threshold").hidden = !binary
  const paint = () => {
    const step = data.steps[binary ? Number(slider.value) : 0]
    const largest = Math.max(1, ...step.counts.flat())
    step.counts.forEach((row, i) =>
      row.forEach((count, j) => {
        const button = table.rows[i].cells[j + 1].firstChild
        button.textContent = String(count)
        button.style.setProperty("--share", `${Math.round((60 * count) / largest)}%`)
        button.setAttribute("aria-label", `${count} pictures of ${data.classes[i]} given ${data.classes[j]}; show them`)
        button.setAttribute("aria-pressed", String(data.cell !== null && data.cell[0] === i && data.cell[1] === j))
        button.onclick = () => setTriggerValue("picked", [i, j, step.threshold])
      }),
    )
    root.querySelector("output").textContent = step.threshold.toFixed(2)
    const facts = [["accuracy", step.accuracy]]
    if (binary) facts.push([`precision of ${data.classes[1]}`, step.precision], [`recall of ${data.classes[1]}`, step.recall])
    figures.forEach((figure) => {
      const kind = figure.dataset.curve
      markThreshold(figure, data.curves[kind], ratesAt(step.counts)[kind], step.threshold)
    })
    root.querySelector(".facts").textContent = facts.map(([name, value]) => `${name} ${said(value)}`).join("   ")
  }
  slider.oninput = paint
  paint()
  const cells = [...table.querySelectorAll("button")]
  oneStop(table, cells, cells.findIndex((cell) => cell.getAttribute("aria-pressed") === "true"))
}
