// The kernel bench: a kernel edited by hand, what it makes of the picture, and what pooling makes of that.
import { add, resized, shifted, slide } from "../convolution/arithmetic.js"
import { frameOf, legend, mapImage, paintMap } from "../common/canvas.js"
import { element } from "../common/dom.js"
import { told } from "../common/numbers.js"
import { css, inkOn, shade } from "../common/scale.js"
import { unpack } from "../common/unpack.js"
import { makeByHand } from "./by_hand.js"

const SIDE = 250

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".bench")
  const find = (selector) => root.querySelector(selector)
  const view = unpack(data)
  const { grey, palette } = view.arrays
  const state = (root.state ??= {
    size: "3", preset: "sobel_x", values: null, flip: false, shift: [0, 0], mode: "max", pool: "2",
  })
  const side = Math.min(SIDE, root.clientWidth - 8)

  fill(find(".bench-preset"), [...view.presets.map(({ key, title }) => [key, title]), ["", "my own"]])
  fill(find(".bench-size"), Object.keys(view.sizes).map((size) => [size, `${size} × ${size}`]))
  fill(find(".bench-pool-size"), view.pool_sizes.map((size) => [String(size), `${size} × ${size}`]))
  // The numbers stay when another layer's kernel is offered; they are no longer that layer's.
  if (state.preset.startsWith("own")) state.preset = ""
  if (!state.values) take()
  bind()
  makeKernel()
  draw()
  makeByHand(root, view)
  root.dataset.ready = "bench"

  function fill(select, entries) {
    select.replaceChildren(...entries.map(([value, text]) => new Option(text, value)))
  }

  function take() {
    const preset = view.presets.find(({ key }) => key === state.preset)
    const before = state.values ?? []
    if (preset?.values[state.size]) state.values = [...preset.values[state.size]]
    else {
      state.preset = find(".bench-preset").value = ""
      state.values = resized(before, Number(state.size))
    }
  }

  function draw() {
    const used = state.flip ? [...state.values].reverse() : state.values
    const window = view.sizes[state.size]
    const pool = window.pools[state.pool]
    const picture = shifted(grey, view.height, view.width, state.shift)
    const map = slide(picture, window, used)
    const limit = largest(map)
    const pooledMap = slide(map, pool, null, state.mode)
    show(".bench-picture", picture, view.height, view.width, 1, greys)
    const [high, wide] = [window.rows.starts.length, window.columns.starts.length]
    show(".bench-map", map, high, wide, limit)
    show(".bench-pooled", pooledMap, pool.rows.starts.length, pool.columns.starts.length, limit)
    find(".bench-legend").replaceChildren(legend(view, limit))
    find(".bench-said").textContent = `${high} × ${wide} → ${pool.rows.starts.length} × ${pool.columns.starts.length}`
    find(".bench-map").setAttribute("aria-label", `The map, ${high} by ${wide}, values to ${told(limit)} either way`)
    find(".bench-pooled").setAttribute("aria-label", `The map after ${state.mode} pooling: ${find(".bench-said").textContent}`)
    find(".bench-picture").setAttribute("aria-label", `The picture in grey, ${find(".bench-shifted").textContent}`)
    root.result = { map, pooled: pooledMap }
    drawForgiven(slide(grey, window, used), map, pool)
  }

  function largest(values) {
    return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  }

  function show(selector, values, height, width, limit, colours = palette) {
    const frame = frameOf(height, width, side)
    paintMap(find(selector), mapImage(values, 0, height, width, limit, colours), frame)
  }

  function drawForgiven(before, after, pool) {
    const [down, right] = state.shift
    const moved = Math.abs(down) + Math.abs(right)
    find(".bench-shifted").textContent = moved ? `shifted by ${moved} pixel${moved > 1 ? "s" : ""}` : "not shifted"
    find(".bench-question").textContent = moved
      ? `How much the numbers changed, compared with their mean size, with the picture ${find(".bench-shifted").textContent}:`
      : "Shift the picture by one pixel with the arrows below it, and see how much the numbers change."
    const rows = [["map", before, after]]
    for (const mode of ["max", "average"]) {
      const name = `${mode} pooling ${state.pool} × ${state.pool}`
      rows.push([name, slide(before, pool, null, mode), slide(after, pool, null, mode)])
    }
    find(".bench-forgives dl").replaceChildren(
      ...(moved ? rows : []).flatMap(([name, old, now]) => {
        const size = add(old.map(Math.abs))
        const changed = size ? add(old.map((value, i) => Math.abs(value - now[i]))) / size : 0
        const bar = element("dd", "", `${Math.round(100 * changed)} %`)
        bar.dataset.changed = String(changed)
        bar.style.setProperty("--share", `${Math.min(100, 100 * changed)}%`)
        return [element("dt", "", name), bar]
      }),
    )
  }

  function makeKernel() {
    const size = Number(state.size)
    const place = find(".bench-kernel")
    place.style.setProperty("--columns", size)
    find(".bench-why").textContent =
      view.presets.find(({ key }) => key === state.preset)?.why ?? "Your own kernel: change any number."
    const cells = state.values.map((value, i) => {
      const input = element("input")
      input.type = "number"
      input.step = "0.1"
      input.value = String(Number(value.toFixed(3)))
      input.dataset.handle = `kernel.${Math.floor(i / size)}.${i % size}`
      input.setAttribute("aria-label", `Kernel row ${Math.floor(i / size)}, column ${i % size}`)
      input.oninput = () => {
        const typed = Number(input.value)
        if (input.value === "" || !Number.isFinite(typed)) return
        state.values[i] = typed
        state.preset = find(".bench-preset").value = ""
        find(".bench-why").textContent = "Your own kernel: change any number."
        tint(cells)
        draw()
      }
      return input
    })
    place.replaceChildren(...cells)
    tint(cells)
  }

  function tint(cells) {
    const limit = largest(state.values)
    cells.forEach((cell, i) => {
      const colour = shade(palette, state.values[i], limit)
      cell.style.background = css(colour)
      cell.style.color = inkOn(colour)
    })
  }

  function bind() {
    const choose = (selector, name, then) => {
      const select = find(selector)
      select.value = state[name]
      select.onchange = () => {
        state[name] = select.value
        then?.()
        draw()
      }
    }
    const retake = () => {
      take()
      makeKernel()
    }
    choose(".bench-preset", "preset", () => {
      const sizes = Object.keys(view.presets.find(({ key }) => key === state.preset)?.values ?? {})
      // A kernel of the network has one size only.
      if (sizes.length && !sizes.includes(state.size)) state.size = find(".bench-size").value = sizes[0]
      retake()
    })
    choose(".bench-size", "size", retake)
    choose(".bench-pool", "mode")
    choose(".bench-pool-size", "pool")
    const flip = find(".bench-flip input")
    flip.checked = state.flip
    flip.onchange = () => {
      state.flip = flip.checked
      draw()
    }
    for (const button of root.querySelectorAll("[data-shift]")) {
      const by = button.dataset.shift.split(",").map(Number)
      button.onclick = () => {
        const inside = (at) => Math.min(Math.max(at, -view.farthest), view.farthest)
        state.shift = state.shift.map((at, i) => inside(at + by[i]))
        draw()
      }
    }
  }
}

// Grey colours on the same 256 places, for values from 0 to 1.
const greys = Uint8Array.from({ length: 768 }, (_, i) => Math.max(0, Math.min(255, Math.round((Math.floor(i / 3) - 127) * 2.008))))
