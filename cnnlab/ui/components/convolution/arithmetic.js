// What the convolution pages compute. Where a window stands comes from the server; here numbers are looked up,
// multiplied and added.

// The held input channels (channel, row, column): as sent, or those of the picture, times 1/255 in float32 as in training.
export function inputsOf(view) {
  if (view.arrays.inputs) return view.arrays.inputs
  const area = view.rows.length * view.columns.length
  const scale = Math.fround(1 / 255)
  return Float32Array.from({ length: view.held * area }, (_, i) => {
    const channel = view.first + Math.floor(i / area)
    return view.arrays.picture[3 * (i % area) + channel] * scale
  })
}

// The input under a tap of an output's window; -1 on padding, and between two inputs that stand `spread` places apart.
export function inputAt({ starts, taps, length, spread = 1 }, output, tap) {
  const position = (starts[output] + taps[tap]) / spread
  return Number.isInteger(position) && position >= 0 && position < length ? position : -1
}

// The values under a window, row by row; null where it stands on no input.
export function patchAt(values, { rows, columns }, row, column, channel = 0) {
  const patch = []
  for (let i = 0; i < rows.taps.length; i += 1) {
    const y = inputAt(rows, row, i)
    for (let j = 0; j < columns.taps.length; j += 1) {
      const x = inputAt(columns, column, j)
      patch.push(y < 0 || x < 0 ? null : values[(channel * rows.length + y) * columns.length + x])
    }
  }
  return patch
}

export const add = (values) => values.reduce((sum, value) => sum + value, 0)

// The largest or the mean of the values that are not padding.
function pooled(patch, mode) {
  const inside = patch.filter((value) => value !== null)
  return mode === "max" ? Math.max(...inside) : add(inside) / inside.length
}

// One output of a layer taken apart: each input channel's patch, kernel, products and sum, and what they come to.
export function placeAt(view, row, column) {
  const { inputs, kernel, others } = view.arrays
  const area = view.rows.taps.length * view.columns.taps.length
  const channels = []
  for (let channel = 0; channel < view.held; channel += 1) {
    const patch = patchAt(inputs, view, row, column, channel)
    if (view.mode !== "sum") {
      channels.push({ patch, weights: null, products: null, sum: pooled(patch, view.mode) })
      continue
    }
    const weights = kernel.subarray(channel * area, (channel + 1) * area)
    const products = patch.map((value, i) => (value === null ? 0 : value * weights[i]))
    channels.push({ patch, weights, products, sum: add(products) })
  }
  const rest = others ? others[row * view.columns.starts.length + column] : 0
  const sum = add(channels.map((channel) => channel.sum)) + rest
  return { channels, others: rest, sum, result: sum + view.bias }
}

// A window slid over a whole map: at every output the sum of products (`weights`), or the pooled value.
export function slide(values, window, weights, mode = "sum") {
  const { rows, columns } = window
  const out = new Float32Array(rows.starts.length * columns.starts.length)
  const wide = columns.taps.length
  const across = columns.starts.map((_, column) => columns.taps.map((_, j) => inputAt(columns, column, j)))
  let at = 0
  for (let row = 0; row < rows.starts.length; row += 1) {
    for (let column = 0; column < columns.starts.length; column += 1) {
      let sum = 0, most = -Infinity, count = 0
      for (let i = 0; i < rows.taps.length; i += 1) {
        const y = inputAt(rows, row, i)
        if (y < 0) continue
        for (let j = 0; j < wide; j += 1) {
          const x = across[column][j]
          if (x < 0) continue
          const value = values[y * columns.length + x]
          sum += weights ? value * weights[i * wide + j] : value
          count += 1
          if (value > most) most = value
        }
      }
      out[at] = mode === "max" ? most : mode === "average" ? sum / count : sum
      at += 1
    }
  }
  return out
}

// A square kernel in another size: its middle stays in the middle.
export function resized(values, to) {
  const from = Math.sqrt(values.length)
  const off = (to - from) / 2
  return Array.from({ length: to * to }, (_, i) => {
    const [row, column] = [Math.floor(i / to) - off, (i % to) - off]
    return row >= 0 && row < from && column >= 0 && column < from ? values[row * from + column] : 0
  })
}

// A map moved by rows and columns; at the edge its last values are repeated.
export function shifted(values, height, width, [down, right]) {
  const inside = (at, length) => Math.min(Math.max(at, 0), length - 1)
  return Float32Array.from(values, (_, i) => {
    const [row, column] = [inside(Math.floor(i / width) - down, height), inside((i % width) - right, width)]
    return values[row * width + column]
  })
}
