// A picture dropped anywhere on the page goes to the page's own upload, which knows every limit.
const UPLOAD = ".st-key-picture_upload input[type=file]"

const brings = (event) => Boolean(event.dataTransfer?.types.includes("Files"))
const isOnUpload = (event) => event.target instanceof Element && Boolean(event.target.closest('[data-testid="stFileUploaderDropzone"]'))

/**
 * Listen on the whole page; return what ends that.
 * @param {HTMLElement} root which shows that a picture may be dropped
 */
export function takeDrops(root) {
  const mark = (on) => root.classList.toggle("dropping", on)
  const over = (event) => {
    if (!brings(event) || isOnUpload(event)) return
    event.preventDefault()
    mark(true)
  }
  const leave = (event) => {
    if (!event.relatedTarget) mark(false)
  }
  const drop = (event) => {
    mark(false)
    /** @type {HTMLInputElement | null} */
    const input = document.querySelector(UPLOAD)
    if (!brings(event) || isOnUpload(event) || !input) return
    event.preventDefault()
    input.files = event.dataTransfer.files
    input.dispatchEvent(new Event("change", { bubbles: true }))
  }
  const heard = { dragover: over, dragleave: leave, drop }
  for (const [name, listener] of Object.entries(heard)) document.addEventListener(name, listener)
  return () => {
    for (const [name, listener] of Object.entries(heard)) document.removeEventListener(name, listener)
  }
}
