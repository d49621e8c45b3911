// The teacher's table: a press on a name opens a student, one on a head sorts, and a slip is said by pointer or focus.
import { showHtml } from "../common/dom.js"

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".class-table")
  const rows = root.querySelector(".class-rows")
  const says = root.querySelector(".class-says")
  const held = document.activeElement?.closest?.(".class-table [data-focus]")?.getAttribute("data-focus")
  // Replaced only when something changed, so that a selection survives; whoever stands on a name stays there.
  const scrolled = rows.querySelector(".sideways")?.scrollLeft ?? 0
  if (rows.shown !== data.html) {
    showHtml(rows, data.html)
    const sideways = rows.querySelector(".sideways")
    if (sideways) sideways.scrollLeft = scrolled
    if (held) rows.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus()
  }
  // It stands in the window, since a table that is pushed sideways would cut it off.
  const say = (event) => {
    const cell = event.target.closest?.("[data-says]")
    says.hidden = !cell
    if (!cell) return
    if (says.textContent !== cell.dataset.says) says.textContent = cell.dataset.says
    const { left, top, bottom } = cell.getBoundingClientRect()
    const { width, height } = says.getBoundingClientRect()
    says.style.left = `${Math.max(8, Math.min(left, innerWidth - width - 8))}px`
    says.style.top = `${bottom + height + 8 < innerHeight ? bottom + 4 : top - height - 4}px`
  }
  const hush = () => (says.hidden = true)
  const focused = document.activeElement?.closest?.(".class-table [data-says]")
  if (!focused && !rows.matches(":hover")) hush()
  rows.onmouseover = say
  rows.onmouseleave = hush
  for (const cell of rows.querySelectorAll("[data-says]")) {
    cell.onfocus = say
    cell.onblur = hush
  }
  rows.onkeydown = (event) => {
    if (event.key === "Escape") hush()
  }
  rows.onclick = (event) => {
    say(event)
    const { open, sort } = event.target.closest?.("[data-open], [data-sort]")?.dataset ?? {}
    if (open) setTriggerValue("opened", open)
    else if (sort) setTriggerValue("sorted", Number(sort))
  }
}
