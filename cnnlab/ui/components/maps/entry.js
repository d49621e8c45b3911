// Layers of maps or kernels: drawn in place, so that a look, a focus or a scroll survives every change.
import { hearWhereToGo, takeMapPlace } from "../common/place.js"
import { unpack } from "../common/unpack.js"
import { makeLens } from "./lens.js"
import { drawLayer } from "./sheet.js"

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".maps-view")
  const header = unpack(data)
  const blobs = header.arrays
  root.urls?.forEach((url) => URL.revokeObjectURL(url))
  root.urls = []
  const url = (index) => {
    const made = URL.createObjectURL(new Blob([blobs[index]], { type: "image/png" }))
    root.urls.push(made)
    return made
  }
  const lens = makeLens(root, header, (layer, channel) => setTriggerValue("send", { layer, channel }))
  header.numbers = ({ numbers }) => blobs[numbers]
  lens.pictures(header.sides.map((side) => (side.picture === null ? null : url(side.picture))))
  const palette = Uint8Array.from(atob(header.palette), (c) => c.charCodeAt(0))
  const place = root.querySelector(".maps-layers")
  const kept = new Map([...place.children].map((section) => [section.id, section]))
  const sections = header.layers.map((layer, position) => {
    const id = `maps-${layer.kind}-${layer.index}-${["kernels", "nothing"].includes(layer.kind) ? position : 0}`
    const section = kept.get(id) ?? document.createElement("section")
    section.id = id
    section.className = `maps-layer st-key-maps_layer${layer.index}`
    drawLayer(section, layer, { header, blobs, url, lens, palette })
    return section
  })
  sections.forEach((section, i) => {
    if (place.children[i] !== section) place.insertBefore(section, place.children[i] ?? null)
  })
  while (place.children.length > sections.length) place.lastChild.remove()
  const left = lens.spots.size ? takeMapPlace(sessionStorage) : null
  if (left) lens.goTo(left)
  lens.start()
  root.followed?.abort()
  root.followed = new AbortController()
  hearWhereToGo((place) => {
    takeMapPlace(sessionStorage)
    lens.goTo(place)
  }, root.followed.signal)
  return () => root.urls.forEach((each) => URL.revokeObjectURL(each))
}
