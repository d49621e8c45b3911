// The columns: a head, tiles that are real maps, and a scale for those that share one.
import { element, ensure } from "../common/dom.js"

const MOST = 5 // tiles of a column that has none yet
const TALLEST = 19 // rem, of a vector
const [INPUT, COLUMN, ANSWER] = ["minmax(5.6rem, 7rem)", "minmax(3.4rem, 5rem)", "minmax(6.4rem, 9rem)"]
const [NEAR, FAR] = ["minmax(0.3rem, 0.6rem)", "minmax(1rem, 1fr)"]

/** How wide the columns are: layers that keep the channels stand close to the one before. */
export const template = (heads) =>
  [INPUT, ...heads.slice(1).flatMap((head) => [head.near ? NEAR : FAR, COLUMN]), FAR, ANSWER].join(" ")

/** Draw one column for each head, each at its place, and return them. */
export function drawColumns(grid, data, urlOf, open) {
  const columns = data.heads.map((head, i) => {
    const column = grid.querySelector(`:scope > [data-column="${i}"]`) ?? grid.appendChild(makeColumn(i))
    column.style.gridColumn = String(2 * i + 1)
    drawHead(column, head, open)
    const facts = data.columns[i]
    if (i === 0) drawTiles(column, facts ?? { tiles: 1, said: [] }, urlOf("picture"))
    else if (facts) drawTiles(column, facts, urlOf(facts.image))
    else if (!column.querySelector(".flow-tile")) drawTiles(column, { tiles: MOST, said: [] }, "")
    column.classList.toggle("flow-none", head.state !== "" || Boolean(data.refused && i))
    return column
  })
  grid.querySelectorAll("[data-column]").forEach((column) => Number(column.dataset.column) >= columns.length && column.remove())
  drawScales(grid, data)
  return columns
}

function makeColumn(i) {
  const column = element("div", i ? "flow-column" : "flow-column flow-picture")
  column.dataset.column = String(i)
  column.append(element(i ? "button" : "div", "flow-head"), element("div", "flow-tiles"))
  return column
}

function drawHead(column, head, open) {
  const item = column.firstElementChild
  const [label, shape] = [ensure(item, "span", () => element("span")), ensure(item, "strong", () => element("strong"))]
  label.textContent = head.label
  // The number of channels may stand in a second line.
  shape.textContent = head.shape.replace(/×(\d[\d,]*)$/, "\u200b×$1")
  item.style.setProperty("--kind", head.state === "problem" ? "var(--problem)" : head.color)
  item.classList.toggle("dimmed", head.state === "dimmed")
  item.title = head.title
  if (head.index === null) return
  Object.assign(item, { type: "button", onclick: () => open(head.index) })
}

function drawTiles(column, facts, url) {
  const box = column.lastElementChild
  while (box.children.length > facts.tiles) box.lastChild.remove()
  while (box.children.length < facts.tiles) box.append(makeTile(column.dataset.column === "0"))
  const isVector = Boolean(facts.image) && !facts.channels.length
  column.classList.toggle("flow-vector", isVector)
  ;[...box.children].forEach((tile, i) => {
    tile.setAttribute("aria-label", facts.said[i] ?? "Not computed yet")
    Object.assign(tile.style, { backgroundImage: url ? `url("${url}")` : "" }, facts.image ? placeOf(facts, i, isVector) : {})
  })
}

/** How one tile shows its part of the image, which holds all of a column below each other. */
function placeOf({ tiles, height, width, gap }, i, isVector) {
  const whole = tiles * (height + gap) - gap
  return {
    backgroundSize: `100% ${(100 * whole) / height}%`,
    backgroundPosition: `0 ${tiles > 1 ? (100 * i * (height + gap)) / (whole - height) : 0}%`,
    aspectRatio: `${width} / ${height}`,
    width: isVector ? `${Math.max(0.8, (Math.min(TALLEST, height) * width) / height)}rem` : `${Math.min(100, (100 * width) / height)}%`,
    height: isVector ? `${Math.max(0.8, Math.min(TALLEST, height))}rem` : "auto",
  }
}

function makeTile(isPicture) {
  const tile = element("button", "flow-tile")
  tile.type = "button"
  if (isPicture) tile.append(element("i", "flow-field"))
  return tile
}

// One scale below the columns that share it.
function drawScales(grid, data) {
  if (!data.columns.length) return
  grid.querySelectorAll(".flow-scale").forEach((scale) => scale.remove())
  const runs = new Map()
  data.columns.forEach((column, i) => {
    if (column.scale !== undefined) runs.set(column.scale, [...(runs.get(column.scale) ?? []), i])
  })
  for (const places of runs.values()) {
    const [low, high] = data.columns[places[0]].ends
    const scale = element("span", "flow-scale")
    const ends = places.length > 1 ? [low, high] : ["", `±${high}`]
    scale.append(element("span", "", ends[0]), element("i"), element("span", "", ends[1]))
    scale.style.gridColumn = `${2 * places[0] + 1} / ${2 * places.at(-1) + 2}`
    grid.append(scale)
  }
}

/** The answer at the end: one bar a class. */
export function drawAnswer(grid, data) {
  const box = ensure(grid, ".flow-bars", () => element("div", "flow-bars"))
  box.style.gridColumn = String(2 * data.heads.length + 1)
  if (data.pending) return
  box.replaceChildren(
    ...(data.answer?.bars ?? []).map((bar) => {
      const line = element("div", "flow-bar-of")
      const fill = element("i")
      fill.style.setProperty("--share", String(bar.share))
      line.append(element("strong", "", bar.text), element("span", "", bar.name), fill)
      line.title = bar.name
      return line
    }),
  )
}
