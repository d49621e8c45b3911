// The confusion matrix: every cell opens its pictures; with one output a threshold moves all counts at once.
import { oneStop } from "../common/one_stop.js"
import { share } from "../common/numbers.js"
import { drawCurve, markThreshold, ratesAt, written } from "./rates.js"

const said = (value) => (value === null ? "–" : `${share(value, 1, 100)} %`)

export default function (component) {
  const { data: [data], parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".confusion")
  const table = root.querySelector("tbody"), slider = root.querySelector("input")
  const n = data.classes.length
  if (root.dataset.run !== data.run) {
    root.dataset.run = data.run
    slider.max = String(data.steps.length - 1)
    slider.value = String(data.steps.findIndex(({ threshold }) => threshold === 0.5))
    arrange(root, data.rare)
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
  const figures = [...root.querySelectorAll("figure")].filter(() => data.curves)
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
        button.setAttribute("aria-label", `${count} ${data.noun}s of ${data.classes[i]} given ${data.classes[j]}; show them`)
        button.setAttribute("aria-pressed", String(data.cell !== null && data.cell[0] === i && data.cell[1] === j))
        button.onclick = () => setTriggerValue("picked", [i, j, step.threshold])
      }),
    )
    root.querySelector("output").textContent = written(step.threshold)
    slider.setAttribute("aria-valuetext", written(step.threshold))
    const [accuracy, own] = [["accuracy", step.accuracy], data.classes[data.of]]
    const rates = binary ? [[`precision of ${own}`, step.precision], [`recall of ${own}`, step.recall]] : []
    const facts = data.rare ? [...rates, accuracy] : [accuracy, ...rates]
    figures.forEach((figure) => {
      const kind = figure.dataset.curve
      markThreshold(figure, data.curves[kind], ratesAt(step.counts, data.of)[kind], step.threshold, data.noun)
    })
    root.querySelector(".facts").textContent = facts.map(([name, value]) => `${name} ${said(value)}`).join("   ")
  }
  slider.oninput = paint
  paint()
  const cells = [...table.querySelectorAll("button")]
  oneStop(table, cells, cells.findIndex((cell) => cell.getAttribute("aria-pressed") === "true"))
}

// Where a class is rare, its precision and recall stand first, in the order of the keyboard as well.
function arrange(root, rare) {
  const [counted, table, side, rates, roc, precision] = [
    ".counted", "table", ".side", ".rates", "[data-curve=roc]", "[data-curve=pr]",
  ].map((each) => root.querySelector(each))
  root.classList.toggle("rare", rare)
  counted.replaceChildren(...(rare ? [side, table] : [table, side]))
  rates.replaceChildren(...(rare ? [roc] : [roc, precision]))
  root.replaceChildren(...(rare ? [precision] : []), counted, rates)
}
