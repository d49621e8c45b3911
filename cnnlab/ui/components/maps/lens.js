// The lens: what is under the pointer, large, with its numbers and the part of the picture that it sees.
import { element } from "../common/dom.js"
import { leavePlace } from "../common/place.js"
import { token } from "../common/tokens.js"

export function makeLens(root, header, send) {
  const lens = root.querySelector(".maps-lens")
  const said = lens.querySelector(".maps-lens-said")
  const [small, whole] = lens.querySelectorAll("canvas")
  const dialog = root.querySelector("dialog")
  const loaded = (root.pictures ??= [])
  let mark = null
  let shown = null

  const number = (value) => {
    const size = Math.abs(value)
    const text = size && (size < 0.001 || size >= 1e5) ? value.toExponential(1) : size && size < 0.1 ? value.toPrecision(2) : value.toFixed(2)
    return text.replaceAll("-", "−")
  }
  const span = ([first, last], what) => (first === last ? `${what} ${first}` : `${what}s ${first}–${last}`)

  function cut(place, canvas) {
    const { layer, image, tile } = place
    canvas.width = layer.width
    canvas.height = layer.height
    const left = (tile % layer.columns) * (layer.width + layer.gap)
    const top = Math.floor(tile / layer.columns) * (layer.height + layer.gap)
    canvas.getContext("2d").drawImage(image, left, top, layer.width, layer.height, 0, 0, layer.width, layer.height)
  }

  function drawPicture(canvas, place, cover) {
    const picture = loaded[place.number]
    canvas.hidden = !picture
    if (!picture?.complete || !picture.naturalWidth) return
    const zoom = Math.max(1, Math.ceil(480 / picture.naturalWidth))
    canvas.width = picture.naturalWidth * zoom
    canvas.height = picture.naturalHeight * zoom
    const context = canvas.getContext("2d")
    context.imageSmoothingEnabled = false
    context.drawImage(picture, 0, 0, canvas.width, canvas.height)
    if (cover) {
      const map = document.createElement("canvas")
      cut(place, map)
      context.globalAlpha = cover / 100
      context.drawImage(map, 0, 0, canvas.width, canvas.height)
      context.globalAlpha = 1
    }
    const seen = regionOf(place)
    if (!seen) return
    const [[top, bottom], [left, right]] = seen
    const box = [left * zoom, top * zoom, (right - left + 1) * zoom, (bottom - top + 1) * zoom]
    for (const [style, width] of [[token("paper"), 9], [token("ink"), 4]]) {
      context.strokeStyle = style
      context.lineWidth = width
      context.strokeRect(...box)
    }
  }

  function regionOf({ layer, row, column }) {
    const seen = layer.regions && [layer.regions[0][row], layer.regions[1][column]]
    return seen && seen[0] && seen[1] ? seen : null
  }

  // Never rounded up to 1, which only a map and its multiple have.
  const correlation = (r) => (Math.floor(r * 1e4) / 1e4).toFixed(4)
  const blind = ({ unseen, regions }) => (unseen ? `; ${escapeHtml(unseen)}` : regions ? " sees only padding" : "")

  function words(place) {
    const { layer, number: side, tile, row, column } = place
    const channel = layer.order[tile]
    if (layer.kind === "kernels") return kernelWords(layer, channel)
    const facts = layer.statistics[side]
    const lines = [
      `<b>${escapeHtml(layer.name)}, channel ${channel}</b> of ${layer.all}`,
      `${number(facts.minimum[tile])} to ${number(facts.maximum[tile])}, mean ${number(facts.mean[tile])}, ${Math.round(facts.zeros[tile] * 100)}% zeros`,
    ]
    if (layer.dead.includes(channel)) lines.push("dead: zero for every picture of the batch")
    else if (layer.limit === null) lines.push(`its own scale: ±${number(layer.limits[tile])}`)
    const twin = layer.twins[channel]
    if (twin) lines.push(twin[1] === null ? `equal to channel ${twin[0]}` : `like channel ${twin[0]}: r = ${correlation(twin[1])}`)
    const seen = regionOf(place)
    lines.push(
      `<span class="quiet">row ${row}, column ${column}` +
        (seen ? ` sees ${span(seen[0], "row")} and ${span(seen[1], "column")} of the picture` : blind(layer)) +
        "</span>",
    )
    return lines.join("<br>")
  }

  function kernelWords(layer, slice) {
    const packed = header.numbers(layer)
    const start = slice * layer.height * layer.width
    const filter = Math.floor(slice / layer.inputs)
    const bias = layer.bias.length > filter ? `, bias ${number(layer.bias[filter])}` : ""
    const rows = Array.from({ length: layer.height }, (_, r) => {
      const cells = Array.from({ length: layer.width }, (_, c) => `<td>${number(packed[start + r * layer.width + c])}</td>`)
      return `<tr>${cells.join("")}</tr>`
    })
    return `<b>${escapeHtml(layer.name)}, filter ${filter}</b>, input channel ${slice % layer.inputs}${bias}<table>${rows.join("")}</table>`
  }

  function show(place) {
    shown = place
    const { layer, number: side, tile, row, column } = place
    root.last = { index: layer.index, kind: layer.kind, number: side, tile, row, column }
    place.image.tile = tile
    mark?.remove()
    mark = place.sheet.appendChild(element("i", "maps-mark"))
    Object.assign(mark.style, place.box)
    small.hidden = false
    cut(place, small)
    drawPicture(whole, place, 0)
    said.innerHTML = words(place)
  }

  function enlarge(place) {
    show(place)
    const paint = () => {
      cut(place, dialog.querySelector(".maps-large-map"))
      drawPicture(dialog.querySelector(".maps-large-picture"), place, Number(dialog.querySelector("input").value))
    }
    dialog.querySelector(".maps-large-said").innerHTML = words(place)
    dialog.querySelector("label").hidden = !loaded[place.number]
    dialog.querySelector("input").oninput = paint
    const button = dialog.querySelector(".maps-send")
    button.hidden = !place.layer.send
    button.onclick = () => {
      dialog.close()
      leavePlace(sessionStorage, { row: place.row, column: place.column })
      send(place.layer.index, place.layer.order[place.tile])
    }
    paint()
    if (!dialog.open) dialog.showModal()
  }

  function showUnit(layer, side, unit, value) {
    mark?.remove()
    small.hidden = whole.hidden = true
    const from = layer.flattened
    const place = from && [Math.floor(unit / (from[1] * from[2])), Math.floor(unit / from[2]) % from[1], unit % from[2]]
    said.innerHTML =
      `<b>${escapeHtml(layer.name)}, unit ${unit.toLocaleString("en")}</b><br>${value.toPrecision(4).replace("-", "−")}` +
      (place ? `<br><span class="quiet">it was row ${place[0]}, column ${place[1]} of channel ${place[2]}</span>` : "")
  }

  function pictures(urls) {
    loaded.length = 0
    urls.forEach((url, i) => {
      if (!url) return
      loaded[i] = new Image()
      loaded[i].onload = () => shown?.number === i && drawPicture(whole, shown, 0)
      loaded[i].src = url
    })
  }

  const self = { show, enlarge, showUnit, pictures, first: null, last: root.last, spots: new Map() }
  // Who is led sees the map that is shown beside it; a dialog would stand before the way out. Sheets that are still
  // decoded are drawn then, and what is shown with them.
  self.goTo = ({ layer, channel, row, column }) => {
    self.again = () => self.spots.get(layer)?.(channel, row, column)
    self.again()
  }
  self.start = () => {
    lens.hidden = !self.first && !root.querySelector(".maps-vector")
    const images = [...root.querySelectorAll(".maps-sheet img")]
    Promise.all(images.slice(0, 1).map((image) => image.decode().catch(() => {}))).then(() => (self.again ?? self.first)?.())
  }
  return self
}

function escapeHtml(text) {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`)
}
