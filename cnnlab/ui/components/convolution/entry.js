// The convolution view: a place of the output map, and everything it is computed from. No word goes to the server
// while the place moves.
import { colourImage, frameOf, legend, mapImage, outline, paintGrid, paintMap } from "../common/canvas.js"
import { download, element } from "../common/dom.js"
import { brief, exact, told } from "../common/numbers.js"
import { oneStop } from "../common/one_stop.js"
import { hearWhereToGo, takePlace, tellPlace } from "../common/place.js"
import { token } from "../common/tokens.js"
import { unpack } from "../common/unpack.js"
import { inputsOf, patchAt, placeAt } from "./arithmetic.js"
import { makeMoves } from "./moves.js"
import { NARROW, makeParts } from "./parts.js"
import { sheetOf } from "./sheet.js"
import { NORM, fieldOf, fieldSaid, normSaid, numpyOf, placeSaid, writtenOut } from "./words.js"

const POOL = 76 // pixels of a pooled window

export default function (component) {
  const root = component.parentElement.querySelector(".conv")
  let end = show(root, component)
  let room = roomOf(root)
  root.watched?.disconnect()
  cancelAnimationFrame(root.arranging)
  // A tablet that is turned, or a window that is made narrow, gets the other arrangement.
  root.watched = new ResizeObserver(() => {
    cancelAnimationFrame(root.arranging)
    // A frame later: what an observer itself makes larger is reported as an error.
    root.arranging = requestAnimationFrame(() => {
      if (roomOf(root) === room) return
      room = roomOf(root)
      end()
      end = show(root, component)
    })
  })
  root.watched.observe(root)
  return () => {
    root.watched.disconnect()
    cancelAnimationFrame(root.arranging)
    end()
  }
}

const roomOf = (root) => Math.min(root.clientWidth, NARROW)

function show(root, { data, setTriggerValue }) {
  const find = (selector) => root.querySelector(selector)
  const view = unpack(data)
  view.arrays.inputs = inputsOf(view)
  const state = (root.state ??= { row: -1, column: -1, held: false, stage: -1, zoom: 1, page: 0, speed: 3 })
  cancelAnimationFrame(state.timer)
  const [height, width] = [view.rows.starts.length, view.columns.starts.length]
  if (state.shown !== view.shown) state.stage = view.shown
  state.shown = view.shown
  const opens = state.layer !== view.layer
  if (opens || state.row >= height || state.column >= width) {
    Object.assign(state, { ...takePlace(sessionStorage, height, width), stage: view.shown, zoom: 1, page: 0 })
  }
  if (state.first !== view.first) state.page = state.first > view.first ? 1e6 : 0
  Object.assign(state, { layer: view.layer, first: view.first, playing: false, sliding: false })
  state.stage = Math.min(state.stage, view.stages.length - 1)
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  const parts = makeParts(root, view, state)
  if (opens) parts.turnToStrongest(placeAt(view, state.row, state.column))
  const canvas = find(".conv-map")
  const side = Math.min(330, root.clientWidth - 8)
  const mapOf = (stage) => view.arrays[stage < 0 ? "before" : `after${stage}`]
  const limitOf = (stage) => (stage < 0 ? view.limits.before : view.stages[stage].limit)
  const picture = colourImage(view.arrays.picture, view.picture[0], view.picture[1])
  let base = null
  let frame = null
  let centre = [state.row, state.column]
  let saying = 0

  makeChain()
  makeStages()
  bind()
  paintBase()
  draw()
  makeFrames()
  find(".conv-note").textContent = view.note
  root.dataset.ready = `${view.layer} ${view.channel}`

  function paintBase() {
    base = mapImage(mapOf(state.stage), 0, height, width, limitOf(state.stage), view.arrays.palette)
    find(".conv-legend").replaceChildren(legend(view, limitOf(state.stage)))
  }

  function draw() {
    const { row, column } = state
    const place = placeAt(view, row, column)
    parts.draw(place)
    drawMap()
    drawChain(place)
    drawPicture()
    find(".conv-place").textContent = `[${row}, ${column}, ${view.channel}]${state.held ? " held" : ""}`
    const visible = parts.visible()
    if (find(".conv-written").open) {
      find(".conv-terms").replaceChildren(...writtenOut(view, place, visible).map((line) => element("p", "", line)))
      find(".conv-code").textContent = numpyOf(view, place, row, column)
    }
    clearTimeout(saying)
    saying = setTimeout(() => {
      const stages = view.stages.map((_, i) => mapOf(i)[row * width + column])
      find(".conv-said").textContent = placeSaid(view, place, visible, row, column, stages)
    }, 400)
  }

  function drawMap() {
    frame = frameOf(height, width, side, undefined, state.zoom, centre)
    const ink = paintMap(canvas, base, frame)
    if (state.sliding) {
      const { scale, left, top } = frame
      ink.fillStyle = getComputedStyle(root).getPropertyValue("--st-background-color") || token("paper")
      ink.globalAlpha = 0.86
      ink.fillRect(left + (state.column + 1) * scale, top + state.row * scale, (width - state.column - 1) * scale, scale)
      ink.fillRect(left, top + (state.row + 1) * scale, width * scale, (height - state.row - 1) * scale)
      ink.globalAlpha = 1
    }
    const over = poolWindow()
    if (over) outline(ink, frame, over.top, over.left, over.height, over.width, token("pooling"), 1)
    outline(ink, frame, state.row, state.column, 1, 1, token("ink"))
  }

  // The first pooling window that the place falls into, or null.
  function poolWindow() {
    if (!view.pool) return null
    const { rows, columns, over_rows, over_columns } = view.pool
    const [down, along] = [over_rows[state.row], over_columns[state.column]]
    if (!down || !along) return null
    const [top, left] = [rows.starts[down[0]], columns.starts[along[0]]]
    return {
      row: down[0],
      column: along[0],
      several: down[1] > down[0] || along[1] > along[0],
      top,
      left,
      height: rows.taps.at(-1) + 1,
      width: columns.taps.at(-1) + 1,
    }
  }

  function makeChain() {
    const list = find(".conv-chain dl")
    const many = view.total > 1 ? `sum of ${view.total} channels` : "sum of the products"
    const lines = view.mode === "sum" ? [["sum", many], ...(view.biased ? [["bias", "+ bias"]] : [])] : []
    lines.push(["result", `= ${view.name}`], ...view.stages.map((stage, i) => [`stage${i}`, stage.label]))
    if (view.pool) lines.push(["pool", view.pool.name])
    list.replaceChildren(
      ...lines.flatMap(([part, text]) => {
        const value = element("dd")
        const output = element("output")
        output.dataset.part = part
        value.append(output)
        if (part === "pool") value.append(Object.assign(element("canvas"), { width: POOL, height: POOL }), element("span", "quiet"))
        return [element("dt", "", text), value]
      }),
    )
    view.stages.forEach(({ norm }, i) => {
      const term = norm && list.querySelector(`[data-part="stage${i}"]`).parentElement.previousElementSibling
      if (term) term.append(element("small", "quiet conv-norm", NORM), element("small", "quiet", normSaid(norm)))
    })
    if (view.others > 0) list.firstElementChild.append(element("small", "quiet conv-others"))
  }

  function put(part, value) {
    const output = find(`.conv-chain [data-part="${part}"]`)
    if (!output) return
    output.textContent = told(value)
    output.dataset.value = value
  }

  function drawChain(place) {
    put("sum", place.sum)
    put("bias", view.bias)
    put("result", place.result)
    const at = state.row * width + state.column
    view.stages.forEach((_, i) => put(`stage${i}`, mapOf(i)[at]))
    const others = find(".conv-others")
    if (others) others.textContent = ` ${view.others} of them not drawn here: ${told(place.others)}`
    if (view.pool) drawPool()
  }

  function drawPool() {
    const value = find('.conv-chain [data-part="pool"]').parentElement
    const [, grid, words] = value.children
    const over = poolWindow()
    value.classList.toggle("nowhere", !over)
    if (!over) {
      words.textContent = "in no window: the pool does not reach this far"
      return
    }
    const last = view.stages.length - 1
    const patch = patchAt(mapOf(last), view.pool, over.row, over.column)
    const result = view.arrays.pooled[over.row * view.pool.columns.starts.length + over.column]
    const mine = patch.indexOf(mapOf(last)[state.row * width + state.column])
    put("pool", result)
    paintGrid(grid, patch, view.pool.columns.taps.length, POOL, limitOf(last), view.arrays.palette, mine)
    const here = patch[mine] === Math.max(...patch.filter((v) => v !== null))
    words.textContent =
      (view.pool.mode === "average" ? "the mean of the window" : here ? "none is larger" : "another one is larger") +
      (over.several ? "; windows overlap, the first is shown" : "")
  }

  function drawPicture() {
    const [high, wide] = view.picture
    const [rows, columns] = fieldOf(view, state.row, state.column)
    const box = frameOf(high, wide, 150)
    const image = find(".conv-picture canvas")
    const ink = paintMap(image, picture, box)
    const seen = rows && columns
    if (seen) {
      const [tall, broad] = [rows[1] - rows[0] + 1, columns[1] - columns[0] + 1]
      outline(ink, box, rows[0], columns[0], tall, broad, token("ink"))
      find("figcaption").textContent = `sees ${tall} × ${broad} pixels of the picture`
    } else find("figcaption").textContent = rows === false ? view.unseen : "sees only padding"
    image.setAttribute("aria-label", `The picture: ${fieldSaid(view, rows, columns)}.`)
    image.dataset.field = JSON.stringify([rows, columns])
  }

  function makeStages() {
    const names = [view.mode === "sum" && view.stages.length ? "before activation" : view.name]
    names.push(...view.stages.map((stage) => stage.label))
    const place = find(".conv-stages")
    place.replaceChildren(
      ...names.map((name, i) => {
        const button = element("button", "", name)
        button.type = "button"
        button.setAttribute("aria-pressed", String(i - 1 === state.stage))
        button.onclick = () => {
          state.stage = i - 1
          for (const [k, each] of [...place.children].entries()) each.setAttribute("aria-pressed", String(k === i))
          paintBase()
          draw()
        }
        return button
      }),
    )
    canvas.setAttribute(
      "aria-label",
      `Output map of ${view.name}, channel ${view.channel}, ${height} rows and ${width} columns. ` +
        "Arrow keys move the place, with Shift by ten; space plays, plus and minus zoom.",
    )
  }

  // Somebody who is led goes along without a press; the place left for the next page is used up.
  state.followed?.abort()
  state.followed = new AbortController()
  hearWhereToGo(({ row, column }) => {
    takePlace(sessionStorage, height, width)
    state.held = true
    moveTo(row, column, true)
  }, state.followed.signal)

  function moveTo(row, column, follow) {
    const [y, x] = [Math.min(Math.max(row, 0), height - 1), Math.min(Math.max(column, 0), width - 1)]
    if (follow) centre = [y, x]
    if (y === state.row && x === state.column && !follow) return
    state.row = y
    state.column = x
    draw()
  }

  function makeFrames() {
    root.classList.toggle("still", still)
    const frames = find(".conv-frames")
    frames.replaceChildren()
    if (!still) return
    for (const [row, column] of view.frames) {
      const button = element("button")
      button.type = "button"
      const small = element("canvas")
      parts.drawInput(small, 0, row, column, 72, 1)
      button.append(small, element("span", "", `[${row}, ${column}] ${told(placeAt(view, row, column).result)}`))
      button.onclick = () => moveTo(row, column, true)
      frames.append(button)
    }
    oneStop(frames, [...frames.querySelectorAll("button")])
  }

  function bind() {
    const placeOf = (event) => {
      const box = canvas.getBoundingClientRect()
      const [x, y] = [event.clientX - box.left - frame.left, event.clientY - box.top - frame.top]
      return [Math.floor(y / frame.scale), Math.floor(x / frame.scale)]
    }
    const tell = () => tellPlace(canvas, { layer: Number.parseInt(view.layer), channel: view.channel, row: state.row, column: state.column })
    makeMoves(root, state, height, width, { moveTo, look: draw, placeOf, tell })
    for (const button of root.querySelectorAll("[data-page]")) {
      button.onclick = () => {
        const first = parts.turn(Number(button.dataset.page))
        if (first === null) draw()
        else setTriggerValue("first", first)
      }
    }
    find(".conv-bars").onclick = (event) => {
      parts.turnTo(event.offsetX / event.target.clientWidth)
      draw()
    }
    find(".conv-strongest").onclick = () => {
      parts.turnToStrongest(placeAt(view, state.row, state.column))
      draw()
    }
    find(".conv-written").ontoggle = draw
    find(".conv-png").onclick = takeAlong
  }

  function takeAlong() {
    const { row, column } = state
    const place = placeAt(view, row, column)
    const stage = state.stage < 0 ? "" : `, after ${view.stages[state.stage].label}`
    const terms = [...root.querySelectorAll(".conv-chain dt")].map((term) => {
      const value = term.nextElementSibling.querySelector("output")
      return [term.firstChild.textContent, value.closest(".nowhere") ? "in no window" : value.textContent]
    })
    const scale = (name, limit) => `${name} ±${brief(limit)}`
    const scales = [scale("inputs", view.limits.input)]
    if (view.mode === "sum") scales.push(scale("kernel", view.limits.kernel), scale("products", view.limits.product))
    scales.push(scale(`map${stage}`, limitOf(state.stage)))
    const visible = parts.visible()
    const rest = view.total > visible.length ? [`All ${view.total} input channels together: ${exact(place.sum)}`] : []
    const bias = view.biased ? [`Bias: ${exact(view.bias)}`] : []
    const after = view.stages.map(({ label }, i) => `${label}: ${exact(mapOf(i)[row * width + column])}`)
    const result = `${view.name}: ${exact(place.result)}`
    const paper = sheetOf(root, {
      title: `${view.name}, output channel ${view.channel}, row ${row}, column ${column}`,
      scales: `Colours: ${scales.join(", ")}; blue above zero, brown below, white is zero.`,
      map: canvas,
      chain: terms,
      caption: find("figcaption").textContent,
      written: [...writtenOut(view, place, visible), [...rest, ...bias, result, ...after].join("; "), view.note],
    })
    const name = `${view.name.replaceAll("/", "_")}_${view.channel}_${row}_${column}.png`
    paper.toBlob((png) => download(png, name))
  }

  return () => {
    cancelAnimationFrame(state.timer)
    clearTimeout(saying)
    state.followed.abort()
  }
}
