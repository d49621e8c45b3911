// What lights up: a tile under the pointer or the focus, what it reads, and what it sees of the picture.
import { curves, sourcesOf } from "./edges.js"
import { boxOver, fieldWords, seenAt } from "./field.js"
import { landing } from "./moves.js"

const HINT =
  "Point at a tile, or move to it with the arrow keys: what it reads lights up, and what it sees of the picture. Click a tile or a block to open its page."

/** Listen to every tile, and draw the faint edges between all of them. */
export function listen(root, grid, data, columns, open) {
  const tiles = columns.map((column) => [...column.querySelectorAll(".flow-tile")])
  const every = tiles.flatMap((of, column) => of.map((_, tile) => /** @type {[number, number]} */ ([column, tile])))
  const light = lamp(root, grid, data, tiles)
  const active = () => root.getRootNode().activeElement
  const settle = (column, tile) => every.forEach(([c, t]) => (tiles[c][t].tabIndex = c === column && t === tile ? 0 : -1))
  every.forEach(([column, i]) => {
    const tile = tiles[column][i]
    tile.onpointermove = (event) => {
      const box = tile.getBoundingClientRect()
      light.on(column, i, (event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width)
    }
    tile.onpointerleave = light.off
    tile.onfocus = () => {
      settle(column, i)
      light.on(column, i)
    }
    tile.onblur = light.off
    tile.onclick = () => column && open(column - 1, data.columns[column]?.channels[i] ?? 0)
  })
  const now = every.find(([c, t]) => tiles[c][t] === active())
  settle(...(now ?? every.find(([c, t]) => tiles[c][t].tabIndex === 0 && root.reached) ?? /** @type {[number, number]} */ ([0, 0])))
  root.reached = true
  grid.onkeydown = (event) => {
    const at = every.find(([c, t]) => tiles[c][t] === event.target)
    const to = at && !event.altKey && !event.ctrlKey && !event.metaKey && landing(event.key, at, tiles.map((of) => of.length))
    if (!to) return
    event.preventDefault()
    tiles[to[0]][to[1]].focus()
  }
  light.off()
  if (now) light.on(...now)
  light.rest(every)
  root.watched?.disconnect()
  root.watched = new ResizeObserver(() => light.rest(every))
  root.watched.observe(grid)
}

function lamp(root, grid, data, tiles) {
  const said = root.querySelector(".flow-said")
  const field = grid.querySelector(".flow-field")
  const [faint, lit] = grid.querySelectorAll("path")
  const boxOf = (column, tile) => {
    const each = tiles[column]?.[tile]
    if (!each) return null
    // Where it lies without the movement in which it arrives.
    const [left, top] = [each.parentElement.offsetLeft + each.offsetLeft, each.parentElement.offsetTop + each.offsetTop]
    return { left, right: left + each.offsetWidth, middle: top + each.offsetHeight / 2 }
  }
  const off = () => {
    lit.setAttribute("d", "")
    grid.querySelectorAll(".flow-read").forEach((tile) => tile.classList.remove("flow-read"))
    grid.classList.remove("flow-looking")
    field.hidden = true
    said.textContent = data.columns.length ? HINT : ""
  }
  const on = (column, tile, down = 0.5, along = 0.5) => {
    off()
    const facts = data.columns[column]
    if (!facts) return
    grid.classList.add("flow-looking")
    lit.setAttribute("d", curves(data.columns, [[column, tile]], boxOf))
    tiles[column][tile].classList.add("flow-read")
    sourcesOf(facts, column, tile).forEach(([from, each]) => tiles[from]?.[each]?.classList.add("flow-read"))
    const seen = seenAt(facts.sees, down, along)
    said.textContent = `${facts.said[tile]} ${seen ? fieldWords(seen) : ""}`
    field.hidden = !seen
    if (seen) Object.assign(field.style, boxOver(seen, data.size))
  }
  return { on, off, rest: (every) => faint.setAttribute("d", curves(data.columns, every, boxOf)) }
}
