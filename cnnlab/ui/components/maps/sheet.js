// One layer: its line, and for each side its sheet of maps, its kernels or its vector.
import { element, ensure } from "../common/dom.js"
import { tellPlace } from "../common/place.js"
import { css, shade } from "../common/scale.js"
import { token } from "../common/tokens.js"

export function drawLayer(section, layer, context) {
  const line = ensure(section, ".layer-line", () => element("div", "layer-line"))
  line.innerHTML = layer.head
  if (layer.kind === "nothing") return
  const sides = ensure(section, ".maps-sides", () => element("div", "maps-sides"))
  while (sides.children.length > context.header.sides.length) sides.lastChild.remove()
  context.header.sides.forEach((side, number) => {
    const figure = sides.children[number] ?? sides.appendChild(element("figure"))
    const caption = ensure(figure, "figcaption", () => element("figcaption"))
    caption.textContent = side.title
    caption.hidden = !side.title
    if (layer.kind === "vector") drawVector(figure, layer, number, context)
    else drawSheet(figure, layer, number, context)
  })
  if (layer.kind === "vector") return
  const save = element("button", "maps-png")
  save.type = "button"
  save.textContent = "PNG"
  save.setAttribute("aria-label", `Download the ${layer.kind === "kernels" ? "kernels" : "maps"} of ${layer.name} as PNG`)
  save.onclick = () =>
    section.querySelectorAll("img").forEach((image, number) => {
      const link = element("a")
      link.href = image.src
      link.download = `${layer.name.replaceAll("/", "_")}${number ? `_${number + 1}` : ""}.png`
      link.click()
    })
  line.append(save)
}

function drawSheet(figure, layer, number, { header, url, lens }) {
  const sheet = ensure(figure, ".maps-sheet", () => element("div", "maps-sheet"))
  sheet.classList.toggle("narrow", layer.columns * layer.width < 120 || layer.columns < 5)
  const image = ensure(sheet, "img", () => element("img"))
  image.src = url(layer.sheets[number])
  image.alt = header.sides[number].title ? `${header.sides[number].title}: ${layer.alt}` : layer.alt
  image.tabIndex = 0
  image.setAttribute("role", "application")
  image.setAttribute("aria-label", `${image.alt} Arrow keys move from one to the next, Enter enlarges.`)
  const rows = Math.ceil(layer.count / layer.columns)
  const across = layer.columns * (layer.width + layer.gap) - layer.gap
  const down = rows * (layer.height + layer.gap) - layer.gap
  image.width = across
  image.height = down
  const boxOf = (tile) => ({
    left: `${(100 * (tile % layer.columns) * (layer.width + layer.gap)) / across}%`,
    top: `${(100 * Math.floor(tile / layer.columns) * (layer.height + layer.gap)) / down}%`,
    width: `${(100 * layer.width) / across}%`,
    height: `${(100 * layer.height) / down}%`,
  })
  sheet.querySelectorAll("i").forEach((mark) => mark.remove())
  const dead = new Set(layer.dead)
  const put = (name, tile) => Object.assign(sheet.appendChild(element("i", name)).style, boxOf(tile))
  layer.order.forEach((channel, tile) => {
    if (number > 0) return
    if (dead.has(channel)) put("maps-dead", tile)
    if (layer.twins[channel]) put("maps-twin", tile)
  })
  const at = (tile, row, column) => ({ layer, number, image, tile, row, column, sheet, box: boxOf(tile) })
  const middle = (tile) => at(tile, Math.floor(layer.height / 2), Math.floor(layer.width / 2))
  const tells = number === 0 && layer.kind === "maps"
  const told = ({ tile, row, column }) => ({ layer: layer.index, channel: layer.order[tile], row, column })
  const under = (event) => {
    const box = image.getBoundingClientRect()
    const x = ((event.clientX - box.left) / box.width) * across
    const y = ((event.clientY - box.top) / box.height) * down
    const [i, j] = [Math.floor(y / (layer.height + layer.gap)), Math.floor(x / (layer.width + layer.gap))]
    const tile = i * layer.columns + j
    const [row, column] = [Math.floor(y - i * (layer.height + layer.gap)), Math.floor(x - j * (layer.width + layer.gap))]
    if (tile < 0 || tile >= layer.count || row < 0 || column < 0 || row >= layer.height || column >= layer.width) return null
    return at(tile, row, column)
  }
  image.onpointermove = (event) => {
    const place = under(event)
    if (place) lens.show(place)
  }
  const press = (place) => {
    if (!tells || tellPlace(image, told(place))) lens.enlarge(place)
  }
  image.onclick = (event) => {
    const place = under(event)
    if (place) press(place)
  }
  image.onfocus = () => lens.show(middle(image.tile ?? 0))
  image.onkeydown = (event) => {
    const tile = image.tile ?? 0
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -layer.columns, ArrowDown: layer.columns }[event.key]
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault()
      press(middle(tile))
    } else if (step !== undefined) {
      event.preventDefault()
      if (tile + step >= 0 && tile + step < layer.count) image.tile = tile + step
      lens.show(middle(image.tile ?? 0))
    }
  }
  lens.first ??= () => lens.show(middle(0))
  if (tells) {
    lens.spots.set(layer.index, (channel, row, column) => {
      const tile = layer.order.indexOf(channel)
      if (tile < 0) return
      lens.show(at(tile, Math.min(row, layer.height - 1), Math.min(column, layer.width - 1)))
      sheet.scrollIntoView({ block: "nearest" })
    })
  }
  const last = lens.last
  if (last?.index === layer.index && last.kind === layer.kind && last.number === number && last.tile < layer.count)
    lens.again = () => lens.show(at(last.tile, Math.min(last.row, layer.height - 1), Math.min(last.column, layer.width - 1)))
}

// A vector: bars where there is room, else a field of coloured cells read row by row.
function drawVector(figure, layer, number, { blobs, lens, palette }) {
  const values = blobs[layer.values[number]]
  const canvas = ensure(figure, ".maps-vector", () => element("canvas", "maps-vector"))
  canvas.tabIndex = 0
  canvas.setAttribute("role", "application")
  canvas.setAttribute("aria-label", `${layer.alt} Arrow keys move from one to the next.`)
  const bars = values.length <= 128
  const columns = bars ? values.length : Math.ceil(Math.sqrt(values.length * 8))
  const rows = bars ? 1 : Math.ceil(values.length / columns)
  const context = canvas.getContext("2d")
  if (bars) {
    const [wide, high] = [12, 72]
    canvas.width = values.length * wide
    canvas.height = high
    canvas.style.maxWidth = `${Math.max(3, values.length * 1.1)}rem`
    canvas.style.height = "4.5rem"
    const [low, top] = [Math.min(0, layer.low), Math.max(0, layer.high)]
    const span = top - low || 1
    const y = (value) => 1 + ((top - value) / span) * (high - 2)
    values.forEach((value, i) => {
      if (value === 0) return
      context.fillStyle = css(shade(palette, Math.sign(value), 1))
      context.fillRect(i * wide + 1, Math.min(y(value), y(0)), wide - 2, Math.max(1, Math.abs(y(value) - y(0))))
    })
    context.fillStyle = `${token("middle")}cc`
    context.fillRect(0, y(0) - 0.5, canvas.width, 1)
  } else {
    canvas.width = columns
    canvas.height = rows
    canvas.style.maxWidth = canvas.style.height = ""
    const image = context.createImageData(columns, rows)
    values.forEach((value, i) => image.data.set([...shade(palette, value, layer.limit), 255], 4 * i))
    context.putImageData(image, 0, 0)
  }
  const show = (unit) => {
    canvas.unit = Math.min(Math.max(unit, 0), values.length - 1)
    lens.showUnit(layer, number, canvas.unit, values[canvas.unit])
  }
  canvas.onpointermove = (event) => {
    const box = canvas.getBoundingClientRect()
    const column = Math.floor(((event.clientX - box.left) / box.width) * columns)
    const row = Math.floor(((event.clientY - box.top) / box.height) * rows)
    if (row * columns + column < values.length) show(row * columns + column)
  }
  canvas.onfocus = () => show(canvas.unit ?? 0)
  canvas.onkeydown = (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key]
    if (step === undefined) return
    event.preventDefault()
    show((canvas.unit ?? 0) + step)
  }
}
