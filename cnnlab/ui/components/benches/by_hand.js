// The worked example: a 2 × 2 kernel on 3 × 4 numbers, to be predicted before it is shown.
import { patchAt, slide } from "../convolution/arithmetic.js"
import { element } from "../common/dom.js"
import { oneStop } from "../common/one_stop.js"

export function makeByHand(root, view) {
  const find = (selector) => root.querySelector(selector)
  const { input, kernel, rows, columns } = view.by_hand
  const values = Float32Array.from(input.flat())
  const weights = kernel.flat()
  const map = slide(values, view.by_hand, weights)
  const turned = slide(values, view.by_hand, [...weights].reverse())
  const wide = columns.starts.length
  const hand = (root.hand ??= { shown: false, flip: false, at: 0 })
  const place = find(".hand-row")

  function table(name, numbers, across, cell) {
    const made = element("table", "hand-table")
    made.createCaption().textContent = name
    const body = made.createTBody()
    numbers.forEach((value, i) => {
      const row = i % across ? body.rows[body.rows.length - 1] : body.insertRow()
      const box = row.insertCell()
      cell(box, value, i)
    })
    return made
  }

  function draw() {
    const used = hand.flip ? [...weights].reverse() : weights
    const result = hand.flip ? turned : map
    const [row, column] = [Math.floor(hand.at / wide), hand.at % wide]
    const under = (i) => {
      const [y, x] = [Math.floor(i / input[0].length) - rows.starts[row], (i % input[0].length) - columns.starts[column]]
      return rows.taps.includes(y) && columns.taps.includes(x)
    }
    const plain = (box, value) => (box.textContent = value)
    place.replaceChildren(
      table("input", [...values], input[0].length, (box, value, i) => {
        plain(box, value)
        box.classList.toggle("under", hand.shown && under(i))
      }),
      table(hand.flip ? "kernel, turned" : "kernel", used, kernel[0].length, plain),
      table(hand.flip ? "true convolution" : "map", [...result], wide, (box, value, i) => {
        if (!hand.shown) return plain(box, "?")
        const button = element("button", "", String(value))
        button.type = "button"
        button.setAttribute("aria-pressed", String(i === hand.at))
        button.onclick = () => {
          hand.at = i
          draw()
          place.querySelectorAll("button")[i].focus()
        }
        box.append(button)
      }),
    )
    if (!hand.shown) return
    oneStop(place, [...place.querySelectorAll("button")], hand.at)
    const patch = patchAt(values, view.by_hand, row, column)
    const sum = patch.map((value, i) => `${value} · ${used[i]}`).join(" + ")
    const why = hand.flip ? "A true convolution turns the kernel first." : "Keras multiplies number by number, without turning the kernel."
    say(`${sum} = ${result[hand.at]}. ${why}`)
    const other = element("button", "", hand.flip ? "as Keras does" : "as a true convolution")
    other.type = "button"
    other.onclick = () => {
      hand.flip = !hand.flip
      draw()
    }
    find(".hand-said").append(" ", other)
  }

  const say = (text) => (find(".hand-said").textContent = text)

  find(".hand-predict").onsubmit = (event) => {
    event.preventDefault()
    const said = Number(find(".hand-predict input").value)
    if (said === map[0]) {
      hand.shown = true
      draw()
      find(".hand-said").prepend("Right. ")
    } else if (said === turned[0]) {
      say(`${said} is the true convolution, with the kernel turned by 180°. Keras does not turn it: try again.`)
    } else {
      say("Not yet: lay the kernel on the first 2 × 2 numbers, multiply each by the one below it, and add the four.")
    }
  }
  find(".hand-show").onclick = () => {
    hand.shown = true
    draw()
  }
  draw()
}
