// A text that the server knows while it is typed, so that a report taken along right after holds its last words.
const QUIET = 150

export default function (component) {
  const { data: [data], parentElement, setStateValue } = component
  const area = parentElement.querySelector("textarea")
  if (area.dataset.run !== data.run) {
    area.dataset.run = data.run
    area.value = data.text
  }
  const send = () => {
    clearTimeout(area.waiting)
    setStateValue("text", { run: area.dataset.run, text: area.value })
  }
  area.oninput = () => {
    clearTimeout(area.waiting)
    area.waiting = setTimeout(send, QUIET)
  }
}
