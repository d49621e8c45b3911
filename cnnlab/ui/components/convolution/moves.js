// How the window of the convolution view moves: by pointer, by key, step by step, or by itself.
const SPEEDS = [1, 2, 5, 15, 60, 300, 2000]
const CLOSEST = 16

// `moveTo(row, column, follow)` shows a place, `look()` paints it again, `placeOf(event)` finds the one under a pointer,
// `tell()` tells that it was pressed.
export function makeMoves(root, state, height, width, { moveTo, look, placeOf, tell }) {
  const find = (selector) => root.querySelector(selector)
  const canvas = find(".conv-map")

  // The map behind the window is veiled until it was slid over.
  function step(count) {
    const at = (state.row * width + state.column + count + height * width) % (height * width)
    state.sliding = true
    moveTo(Math.floor(at / width), at % width, true)
  }

  function play(on) {
    cancelAnimationFrame(state.timer)
    state.playing = on
    find(".conv-play").textContent = on ? "Pause" : "Play"
    if (!on) return
    if (state.row === height - 1 && state.column === width - 1) moveTo(0, 0, true)
    let last = performance.now()
    const tick = (now) => {
      const left = height * width - 1 - (state.row * width + state.column)
      const due = Math.min(left, Math.floor(((now - last) / 1000) * SPEEDS[state.speed]))
      if (due > 0) {
        last += (due * 1000) / SPEEDS[state.speed]
        step(due)
      }
      if (left === 0) return play(false)
      state.timer = requestAnimationFrame(tick)
    }
    state.timer = requestAnimationFrame(tick)
  }

  function zoom(factor) {
    state.zoom = Math.min(Math.max(state.zoom * factor, 1), CLOSEST)
    find(".conv-zoom output").textContent = `${state.zoom}×`
    moveTo(state.row, state.column, true)
  }

  function hover(event) {
    if (state.held || state.playing) return
    if (state.sliding) {
      state.sliding = false
      look()
    }
    moveTo(...placeOf(event), false)
  }

  function press(event) {
    play(false)
    const holds = event.pointerType === "mouse" && !state.held
    state.held = false
    hover(event)
    state.held = holds
    look()
    tell()
  }

  function key(event) {
    const far = event.shiftKey ? 10 : 1
    const act = { " ": () => play(!state.playing), Enter: tell, "+": () => zoom(2), "-": () => zoom(0.5) }[event.key]
    const to = {
      ArrowUp: [state.row - far, state.column],
      ArrowDown: [state.row + far, state.column],
      ArrowLeft: [state.row, state.column - far],
      ArrowRight: [state.row, state.column + far],
      Home: [state.row, 0],
      End: [state.row, width - 1],
      PageUp: [0, state.column],
      PageDown: [height - 1, state.column],
    }[event.key]
    if (!act && !to) return
    event.preventDefault()
    if (act) return act()
    play(false)
    state.sliding = false
    moveTo(...to, true)
  }

  canvas.onpointermove = hover
  canvas.onpointerdown = press
  canvas.onkeydown = key
  find(".conv-play").onclick = () => play(!state.playing)
  for (const button of root.querySelectorAll("[data-step]")) {
    button.onclick = () => {
      play(false)
      step(Number(button.dataset.step))
    }
  }
  for (const button of root.querySelectorAll("[data-zoom]")) button.onclick = () => zoom(Number(button.dataset.zoom))
  const speed = find(".conv-speed input")
  speed.value = state.speed
  speed.oninput = () => {
    state.speed = Number(speed.value)
    find(".conv-speed output").textContent = `${SPEEDS[state.speed].toLocaleString("en")}/s`
  }
  speed.oninput()
  find(".conv-zoom output").textContent = `${state.zoom}×`
  play(false)
}
