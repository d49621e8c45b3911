// ROC and precision-recall as small SVG plots; the point of the current threshold moves with it.
import { decimal, share } from "../common/numbers.js"

const SVG = "http://www.w3.org/2000/svg"
const LEFT = 34, TOP = 8, SIDE = 168, BELOW = 34

function shape(parent, name, attributes, text) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  if (text !== undefined) made.textContent = text
  parent.append(made)
  return made
}

const across = (x) => LEFT + SIDE * x
const down = (y) => TOP + SIDE * (1 - y)

/** A threshold as it is, with at least two decimals. */
export const written = (threshold) => (Number(threshold.toFixed(2)) === threshold ? threshold.toFixed(2) : String(threshold))

export function drawCurve(figure, curve) {
  figure.querySelector("figcaption").textContent = `${curve.name}, area ${share(curve.area, 3)}`
  const svg = figure.querySelector("svg")
  svg.replaceChildren()
  svg.setAttribute("viewBox", `0 0 ${LEFT + SIDE + 10} ${TOP + SIDE + BELOW}`)
  for (const tick of [0, 0.5, 1]) {
    shape(svg, "line", { x1: across(0), x2: across(1), y1: down(tick), y2: down(tick), class: "grid" })
    shape(svg, "line", { x1: across(tick), x2: across(tick), y1: down(0), y2: down(1), class: "grid" })
    shape(svg, "text", { x: LEFT - 4, y: down(tick) + 4, "text-anchor": "end" }, String(tick))
    shape(svg, "text", { x: across(tick), y: down(0) + 13, "text-anchor": "middle" }, String(tick))
  }
  shape(svg, "text", { x: across(0.5), y: down(0) + 28, "text-anchor": "middle" }, curve.across)
  shape(svg, "text", { transform: `translate(10 ${down(0.5)}) rotate(-90)`, "text-anchor": "middle" }, curve.up)
  const [from, to] = curve.chance === null ? [0, 1] : [curve.chance, curve.chance]
  shape(svg, "line", { x1: across(0), x2: across(1), y1: down(from), y2: down(to), class: "chance" })
  const beside = curve.chance === null ? { x: across(0.62), y: down(0.48) } : besideChance(curve)
  // Precision holds for the whole step to its recall; between two points of an ROC curve there is a straight line.
  const points = curve.steps
    ? curve.points.flatMap(([x, y], i) => [[i ? curve.points[i - 1][0] : 0, y], [x, y]])
    : curve.points
  shape(svg, "polyline", { points: points.map(([x, y]) => `${across(x)},${down(y)}`).join(" "), class: "curve" })
  shape(svg, "text", { ...beside, class: "beside" }, curve.chance === null ? "guessing" : `guessing: ${decimal(curve.chance, 2)}`)
  figure.mark = shape(svg, "circle", { r: 5, class: "now" })
}

// Where the word on the dashed line stands: below it where there is room, else above it and above what is drawn there.
function besideChance({ chance, points }) {
  if (chance > 0.15) return { x: across(0.02), y: down(chance) + 12 }
  const drawn = points.filter(([x, y]) => x < 0.5 && y < chance + 0.15).map(([, y]) => y)
  return { x: across(0.02), y: down(Math.max(chance, ...drawn)) - 4 }
}

// The rates of one of two classes at a threshold, from the counts (is, given); null where there is nothing to judge by.
export function ratesAt(counts, of) {
  const [own, other] = [counts[of], counts[1 - of]]
  const [found, missed, wrong, rest] = [own[of], own[1 - of], other[of], other[1 - of]]
  const recall = found + missed ? found / (found + missed) : null
  return { roc: [wrong + rest ? wrong / (wrong + rest) : null, recall], pr: [recall, found + wrong ? found / (found + wrong) : null] }
}

export function markThreshold(figure, curve, [x, y], threshold, noun) {
  const known = x !== null && y !== null
  figure.mark.setAttribute("visibility", known ? "visible" : "hidden")
  if (known) {
    figure.mark.setAttribute("cx", across(x))
    figure.mark.setAttribute("cy", down(y))
  }
  const where = known ? `${curve.across} ${decimal(x, 2)}, ${curve.up} ${decimal(y, 2)}` : `no ${noun} to judge by`
  figure.querySelector("svg").setAttribute(
    "aria-label",
    `${curve.name}, area ${share(curve.area, 3)}; at threshold ${written(threshold)}: ${where}`,
  )
}
