// A Plotly figure that is changed in place: zoom, hidden lines and focus survive every update.
import { address } from "../common/addresses.js"
import { token } from "../common/tokens.js"

const page = /** @type {any} */ (window)

function plotly(source) {
  return (page.cnnlabPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script")
    script.src = address(source)
    script.onload = () => resolve(page.Plotly)
    script.onerror = () => {
      page.cnnlabPlotly = undefined
      reject(new Error("no chart library"))
    }
    document.head.append(script)
  }))
}

export default function (component) {
  const { data: [data], parentElement } = component
  const root = parentElement.querySelector(".cnnlab-plot")
  root.setAttribute("role", "figure")
  root.setAttribute("aria-label", data.alt)
  const figure = JSON.parse(data.figure)
  const css = getComputedStyle(root)
  const text = css.getPropertyValue("--st-text-color").trim() || css.color
  const grid = css.getPropertyValue("--st-border-color").trim() || `${token("middle")}4d`
  const layout = { ...figure.layout, autosize: true, paper_bgcolor: "transparent", plot_bgcolor: "transparent" }
  delete layout.template
  layout.font = { ...layout.font, color: text, family: css.getPropertyValue("--st-font") || undefined, size: 13 }
  for (const name of Object.keys(layout)) {
    if (/^[xy]axis/.test(name)) layout[name] = { ...layout[name], gridcolor: grid, zerolinecolor: grid, linecolor: grid }
  }
  root.style.minHeight = `${figure.layout.height ?? 300}px`
  plotly(data.script)
    .then((library) => library.react(root, figure.data, layout, { responsive: true, displaylogo: false }))
    .catch(() => {
      root.textContent = data.alt
    })
  return () => page.Plotly?.purge(root)
}
