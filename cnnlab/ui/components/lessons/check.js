import { CHECK_COLUMNS, CHECKS, answered, answersOf, checkRows, coded } from "./taken.js"
import { file, read, write } from "./keep.js"
import { download } from "../common/dom.js"

const FIELD = ".st-key-check_question input"
const PATIENCE = 3000 // milliseconds for the page to draw the next question
let asked = ""

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const save = parentElement.querySelector(".check-csv")
  save.hidden = data.rows.length === 0
  if (!data.code) {
    const kept = coded(read(localStorage))
    write(localStorage, kept)
    const [before, after] = CHECKS.map((which) => answersOf(kept, which).map(({ given }) => given))
    setTriggerValue("begun", { code: kept.code, before, after })
    return
  }
  const kept = answered(read(localStorage), data)
  write(localStorage, kept)
  save.onclick = () => download(file(checkRows(kept), CHECK_COLUMNS), `checks-${data.code}.csv`)
  const now = `${data.which} ${data.given.length}`
  if (asked && asked !== now) focusField(asked.split(" ")[0] === data.which)
  asked = now
}

/** Put the focus into the next question's field, which whoever types would otherwise have to look for. */
function focusField(goesOn) {
  if (!goesOn) return
  const began = performance.now()
  const old = document.querySelector(FIELD)
  const look = () => {
    const field = /** @type {HTMLInputElement | null} */ (document.querySelector(FIELD))
    if (field && (field !== old || performance.now() - began > PATIENCE / 10)) field.focus()
    else if (performance.now() - began < PATIENCE) setTimeout(look, 50)
  }
  look()
}
