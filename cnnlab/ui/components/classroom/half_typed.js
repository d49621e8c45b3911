// Keep in this tab what is typed and not answered yet, and type it again into a field that was drawn anew.
import { half, keep } from "./typed.js"

const OFTEN = 200 // milliseconds between two looks for a field, which may be drawn after this
const LOOKS = 50

let ended = new AbortController()
const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set

export default function ({ data: [{ fields }] }) {
  ended.abort()
  const { signal } = (ended = new AbortController())
  const inputOf = (key) => /** @type {HTMLInputElement | null} */ (document.querySelector(`.st-key-${CSS.escape(key)} input`))
  const typed = ({ target }) => {
    const field = fields.find(({ key }) => inputOf(key) === target)
    if (field) keep(sessionStorage, field.key, target.value)
  }
  const look = (waiting, left) => {
    if (signal.aborted || !waiting.length || !left) return
    const missing = waiting.filter((field) => {
      const input = inputOf(field.key)
      const text = input && half(sessionStorage, field, input.value)
      if (input && text && document.activeElement !== input) {
        set.call(input, text)
        input.dispatchEvent(new Event("input", { bubbles: true }))
      }
      return !input
    })
    setTimeout(() => look(missing, left - 1), OFTEN)
  }
  try {
    look(fields, LOOKS)
    document.addEventListener("input", typed, { signal })
  } catch {
    // A browser may forbid storage; then a reload begins with empty fields.
  }
  return () => ended.abort()
}
