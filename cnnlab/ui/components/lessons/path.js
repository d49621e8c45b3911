import { CHECK_COLUMNS, answersOf, checkRows } from "./taken.js"
import { empty, file, merged, read, write } from "./keep.js"
import { address } from "../common/addresses.js"
import { download, element } from "../common/dom.js"

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const list = parentElement.querySelector("ol")
  let kept = merged(read(localStorage), { lesson: "", step: 0, log: data.log })
  write(localStorage, kept)

  const draw = () => {
    const [before, after] = data.checks.map(checkCard)
    list.replaceChildren(before, ...data.lessons.map(card), after)
    const rows = kept.rows.length
    parentElement.querySelector(".path-count").textContent = rows === 1 ? "1 answer kept in this browser." : `${rows} answers kept in this browser.`
    parentElement.querySelector(".path-csv").disabled = rows === 0
    parentElement.querySelector(".path-checks").disabled = checkRows(kept).length === 0
    parentElement.querySelector(".path-forget").disabled = rows === 0 && !kept.code && !Object.keys(kept.reached).length
  }

  const checkCard = (check, place) => {
    const count = answersOf(kept, check.which).length
    const item = element("li", count === check.count ? "check done" : "check")
    const open = element("button", "path-open")
    open.type = "button"
    const state = count === check.count ? ", done: see the answers" : count ? `, ${count} answered` : ""
    open.append(element("strong", "", check.title), element("span", "", `${check.count} questions, about 5 minutes${state}`))
    open.onclick = () => setTriggerValue("checked", place)
    item.append(open, element("span", "path-says", check.says))
    return item
  }

  const sheet = (words, relative, title) => {
    const link = element("a", "", words)
    link.href = address(relative)
    link.target = "_blank"
    link.setAttribute("aria-label", `${words}: ${title}`)
    return link
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
    const sheets = element("div", "path-sheets")
    sheets.append(sheet("Worksheet", lesson.worksheet, lesson.title), sheet("Teacher’s copy", lesson.key, lesson.title))
    item.append(sheets)
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
    download(file(kept.rows), "answers.csv")
  }
  parentElement.querySelector(".path-checks").onclick = () => {
    download(file(checkRows(kept), CHECK_COLUMNS), `checks-${kept.code}.csv`)
  }
  parentElement.querySelector(".path-forget").onclick = () => {
    kept = empty()
    write(localStorage, kept)
    setTriggerValue("forgotten", true)
    draw()
  }
  draw()
}
