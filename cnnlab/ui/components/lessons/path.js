import { csv, empty, merged, read, write } from "./keep.js"
import { element } from "../shared/dom.js"

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector("ol")
  let kept = merged(read(localStorage), { lesson: "", step: 0, log: data.log })
  write(localStorage, kept)

  const draw = () => {
    list.replaceChildren(...data.lessons.map(card))
    const rows = kept.rows.length
    parentElement.querySelector(".path-count").textContent = rows === 1 ? "1 answer kept in this browser." : `${rows} answers kept in this browser.`
    for (const name of ["csv", "forget"]) parentElement.querySelector(`.path-${name}`).disabled = rows === 0 && !Object.keys(kept.reached).length
  }

  const card = (lesson, place) => {
    const reached = Math.min(Number(kept.reached[lesson.name]) || 0, lesson.steps)
    const item = element("li", reached === lesson.steps ? "done" : "")
    const open = element("button", "path-open")
    open.type = "button"
    const title = element("strong")
    title.textContent = lesson.title
    title.lang = lesson.lang
    const facts = element("span")
    facts.textContent = `${lesson.minutes} minutes, ${lesson.steps} steps${reached === lesson.steps ? ", done" : reached ? `, ${reached} seen` : ""}`
    open.append(title, facts)
    open.onclick = () => setTriggerValue("opened", place)
    item.append(open)
    if (lesson.quote) {
      const quote = element("q")
      quote.textContent = lesson.quote
      quote.lang = lesson.lang
      item.append(quote)
    }
    if (reached > 1 && reached < lesson.steps) {
      const go = element("button", "path-resume")
      go.type = "button"
      go.textContent = `Go on at step ${reached}`
      go.onclick = () => setTriggerValue("resumed", place * data.most_steps + reached - 1)
      item.append(go)
    }
    return item
  }

  parentElement.querySelector(".path-csv").onclick = () => {
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob(["\ufeff", csv(kept.rows)], { type: "text/csv" }))
    link.download = "answers.csv"
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  }
  parentElement.querySelector(".path-forget").onclick = () => {
    kept = empty()
    write(localStorage, kept)
    draw()
  }
  draw()
}
