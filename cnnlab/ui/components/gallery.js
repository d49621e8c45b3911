// The gallery: one button a picture; a click chooses it.
export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".gallery")
  if (root.children.length !== data.pictures.length) {
    root.replaceChildren(
      ...data.pictures.map((picture) => {
        const button = document.createElement("button")
        button.type = "button"
        button.title = picture.title
        const image = document.createElement("img")
        image.src = picture.src
        image.alt = picture.alt
        button.append(image)
        return button
      }),
    )
  }
  data.pictures.forEach((picture, i) => {
    const button = root.children[i]
    button.setAttribute("aria-pressed", String(picture.file === data.chosen))
    button.onclick = () => setTriggerValue("picked", picture.file)
  })
}
