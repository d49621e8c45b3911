// Pictures as buttons, together one stop of the Tab key; a click chooses one. One that was answered says below it what
// it is and what was said.
import { oneStop } from "../common/one_stop.js"

function captions(picture) {
  return [picture.truth, picture.said].filter(Boolean).map((words) => {
    const line = document.createElement("span")
    line.textContent = words
    return line
  })
}

export default function ({ data: [data], parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".gallery")
  const shown = JSON.stringify(data.pictures.map((picture) => [picture.file, picture.said, picture.src.slice(-60)]))
  root.classList.toggle("large", data.large)
  if (root.dataset.shown !== shown) {
    root.dataset.shown = shown
    root.replaceChildren(
      ...data.pictures.map((picture) => {
        const button = document.createElement("button")
        button.type = "button"
        button.title = picture.title
        const image = document.createElement("img")
        image.src = picture.src
        image.alt = picture.alt
        button.append(image, ...captions(picture))
        return button
      }),
    )
  }
  data.pictures.forEach((picture, i) => {
    const button = root.children[i]
    button.setAttribute("aria-pressed", String(picture.file === data.chosen))
    button.onclick = () => setTriggerValue("picked", picture.file)
  })
  oneStop(root, [...root.children], data.pictures.findIndex((picture) => picture.file === data.chosen))
}
