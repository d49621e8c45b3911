// Presenter mode: large type and no navigation, so that the last row can read. A button, Alt+P, Escape to leave.
(() => {
  const [KEY, SHOWN] = ["cnnlab.presenter", 4000] // milliseconds for which it is said how to leave
  const root = document.documentElement
  const button = document.createElement("button")
  const said = document.createElement("div")

  const isOn = () => "presenter" in root.dataset
  const keep = (on) => {
    try {
      if (on) sessionStorage.setItem(KEY, "on")
      else sessionStorage.removeItem(KEY)
    } catch {
      // A browser may forbid storage; then a reload leaves the mode.
    }
  }
  const kept = () => {
    try {
      return sessionStorage.getItem(KEY) === "on"
    } catch {
      return false
    }
  }
  const set = (on, byHand) => {
    if (on) root.dataset.presenter = ""
    else delete root.dataset.presenter
    button.textContent = on ? "Leave" : "Present"
    button.setAttribute("aria-pressed", String(on))
    keep(on)
    said.textContent = on && byHand ? "Presenter mode. Alt+P or Escape leaves it." : ""
    if (said.textContent) setTimeout(() => (said.textContent = ""), SHOWN)
    // What is drawn to measure looks at its room again.
    if (byHand) requestAnimationFrame(() => dispatchEvent(new Event("resize")))
  }
  // What is open takes Escape for itself; a dialog may stand in the shadow of a component.
  const isTaken = (event) =>
    event.composedPath().some((at) => at instanceof HTMLDialogElement) || Boolean(document.querySelector("[role=dialog], [data-testid=stPopoverBody]"))
  // By the place of the key: on a Mac Alt+P writes a letter.
  const pressed = (event) => {
    if (event.altKey && event.code === "KeyP" && !event.ctrlKey && !event.metaKey) {
      event.preventDefault()
      set(!isOn(), true)
    } else if (event.key === "Escape" && isOn() && !isTaken(event)) {
      set(false, true)
    }
  }
  const begin = () => {
    button.id = "presenter"
    button.type = "button"
    button.title = "Large type, no navigation (Alt+P)"
    button.onclick = (event) => {
      set(!isOn(), true)
      // Whoever has a pointer in hand presses Space for what is projected, not to leave again.
      if (isOn() && event.detail) button.blur()
    }
    said.id = "presenter-said"
    said.setAttribute("role", "status")
    document.body.append(button, said)
    set(kept(), false)
  }
  addEventListener("keydown", pressed)
  if (document.body) begin()
  else addEventListener("DOMContentLoaded", begin)
})()
