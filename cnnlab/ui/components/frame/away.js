// Says in our own words that the server does not answer, instead of Streamlit's dialog, which speaks to programmers.
(() => {
  const SAID = "The server does not answer. This page tries again by itself and keeps your network; if it takes long, tell your teacher."
  const [PATIENCE, PATIENCE_AT_FIRST] = [2500, 8000] // milliseconds; a busy server may be slow to let somebody in
  const STYLE = `TOKENS
    html[data-away] [data-testid="stDialog"], html[data-away] [data-testid="stConnectionStatus"] { visibility: hidden }
    #away { position: fixed; inset: 0 0 auto 0; z-index: 9999999; padding: 0.9rem 1.5rem; text-align: center;
      font: 600 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--away); box-shadow: 0 1px 6px color-mix(in srgb, var(--ink) 27%, transparent) }`
  let since = null
  let wasIn = false

  const look = () => {
    /** @type {HTMLElement | null} */
    const app = document.querySelector('[data-testid="stApp"]')
    const state = app?.dataset.testConnectionState
    const connected = !app || state === "CONNECTED" || state === "STATIC_CONNECTED"
    wasIn ||= Boolean(app) && connected
    since = connected ? null : since ?? performance.now()
    const away = since !== null && performance.now() - since > (wasIn ? PATIENCE : PATIENCE_AT_FIRST)
    if (away === "away" in document.documentElement.dataset) return
    if (!away) {
      delete document.documentElement.dataset.away
      document.getElementById("away")?.remove()
      return
    }
    document.documentElement.dataset.away = ""
    const note = document.createElement("div")
    note.id = "away"
    note.setAttribute("role", "alert")
    note.dataset.reactAriaTopLayer = "true" // otherwise Streamlit's hidden dialog silences it
    const style = document.createElement("style")
    style.textContent = STYLE
    note.append(style, SAID)
    document.body.append(note)
  }
  setInterval(look, 500)
})()
