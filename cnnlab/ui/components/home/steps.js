// What to do in the next minute: six cards, each with a link to its page.
export default function ({ parentElement, setTriggerValue }) {
  for (const link of parentElement.querySelectorAll(".home-steps a")) {
    link.onclick = (event) => {
      // Another tab is another visit, which the browser opens by itself.
      if (event.ctrlKey || event.metaKey || event.shiftKey) return
      event.preventDefault()
      setTriggerValue("opened", link.dataset.page)
    }
  }
}
