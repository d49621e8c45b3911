// A large archive goes to the server's disk piece by piece; the page learns its token when it has arrived.
import { address } from "../common/addresses.js"

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".upload")
  if (root.children.length) return () => root.request?.abort()

  const input = document.createElement("input")
  Object.assign(input, { type: "file", accept: data.endings })
  input.setAttribute("aria-label", "A large archive of photographs")
  const note = document.createElement("p")
  note.textContent = `A zip or tar of up to ${data.said}; it is written to the server's disk while it arrives.`
  const bar = document.createElement("progress")
  bar.hidden = true
  const stop = document.createElement("button")
  Object.assign(stop, { type: "button", textContent: "Cancel", hidden: true })
  const said = document.createElement("p")
  said.setAttribute("role", "status")
  root.append(note, input, bar, stop, said)

  const end = (text) => {
    bar.hidden = stop.hidden = true
    input.disabled = false
    input.value = ""
    said.textContent = text
  }

  input.onchange = () => {
    const file = input.files[0]
    if (!file) return
    if (file.size > data.limit) return end(`${file.name} is larger than ${data.said}, which is the limit; make a smaller one.`)
    const request = new XMLHttpRequest()
    root.request = request
    request.open("POST", address(data.address))
    request.upload.onprogress = (event) => {
      if (!event.lengthComputable) return
      bar.max = event.total
      bar.value = event.loaded
      said.textContent = `${Math.round(event.loaded / 2 ** 20)} of ${Math.round(event.total / 2 ** 20)} MB`
    }
    request.onload = () => {
      let answer
      try {
        answer = JSON.parse(request.responseText)
      } catch {
        answer = {}
      }
      end(answer.refused ?? (answer.token ? "It has arrived." : "The server did not take the archive; try again."))
      if (answer.token) setTriggerValue("uploaded", { token: answer.token, name: file.name })
    }
    request.onerror = () => end("The connection broke before the archive had arrived; try again.")
    request.onabort = () => end("Cancelled.")
    stop.onclick = () => request.abort()
    bar.hidden = stop.hidden = false
    input.disabled = true
    request.send(file)
  }
  return () => root.request?.abort()
}
