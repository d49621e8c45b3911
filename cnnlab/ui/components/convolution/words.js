// The convolution view in words: for a screen reader, to read along and to copy.
import { exact, plain, told } from "../common/numbers.js"

const channelName = (view, channel) => view.names[channel] ?? `input channel ${view.first + channel}`

// The full arithmetic of the channels in view, one line each.
export function writtenOut(view, place, visible) {
  return visible.map((channel) => {
    const { patch, weights, sum } = place.channels[channel]
    const terms = patch.map((value, i) => (weights ? `${exact(value ?? 0)} · ${exact(weights[i])}` : exact(value)))
    const joined = weights ? terms.join(" + ") : `${view.mode}(${terms.join(", ")})`
    return `${channelName(view, channel)}: ${joined} = ${exact(sum)}`
  })
}

// The picture's rows and columns that a place sees, null for padding alone; false where that is not traced.
export const fieldOf = ({ fields }, row, column) => (fields ? [fields.rows[row], fields.columns[column]] : [false, false])

export function fieldSaid(view, rows, columns) {
  if (rows === false) return view.unseen
  if (!rows || !columns) return "this place sees only padding"
  return `this place sees rows ${rows[0]} to ${rows[1]} and columns ${columns[0]} to ${columns[1]} of the picture`
}

// One sentence about one place: the sums, the bias, the result, what each later step makes of it, and what it sees.
export function placeSaid(view, place, visible, row, column, stages) {
  const sums = visible.map((channel) => `${channelName(view, channel)} ${told(place.channels[channel].sum)}`)
  if (view.total > visible.length) sums.push(`all ${view.total} channels ${told(place.sum)}`)
  const bias = view.biased ? `, bias ${told(view.bias)}` : ""
  const steps = stages.map((value, i) => `${view.stages[i].label} gives ${told(value)}`)
  return [
    `Row ${row}, column ${column}: ${sums.join(", ")}${bias}; ${view.name} gives ${told(place.result)}`,
    ...steps,
    fieldSaid(view, ...fieldOf(view, row, column)),
  ].join("; ")
}

// What batch normalization does with a channel when predicting, and its own numbers.
export const NORM = "γ · (x − μ) / √(σ² + ε) + β"

export function normSaid({ gamma, beta, mean, variance, epsilon }) {
  const numbers = { "γ": gamma, "β": beta, "μ": mean, "σ²": variance, "ε": epsilon }
  return Object.entries(numbers).map(([name, value]) => `${name}\u00a0${plain(value)}`).join(", ")
}

// The same in NumPy, for a convolution: `x` is the layer's input, `kernel` and `bias` are the layer's own.
export function numpyOf(view, place, row, column) {
  if (!view.convolves) return ""
  const axis = ({ starts, taps, length }, at) => {
    const [first, last] = [starts[at], starts[at] + taps.at(-1)]
    if (first < 0 || last >= length) return null
    return taps.length > 1 && taps[1] > 1 ? `${first}:${last + 1}:${taps[1]}` : `${first}:${last + 1}`
  }
  const [down, along] = [axis(view.rows, row), axis(view.columns, column)]
  if (!down || !along) return "# here the window stands on padding: numpy.pad(x, ...) first"
  const bias = view.biased ? ` + bias[${view.channel}]` : ""
  return `(x[${down}, ${along}, :] * kernel[:, :, :, ${view.channel}]).sum()${bias}  # ${exact(place.result)}`
}
