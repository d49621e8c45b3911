// Keep the network in this tab, as the text of a link; a session that begins anew gets it back.
export function keepNetwork({ text, fresh }, giveBack) {
  const key = "cnnlab.network"
  try {
    const kept = sessionStorage.getItem(key)
    if (fresh && kept && kept !== text) return giveBack(kept)
    if (text) sessionStorage.setItem(key, text)
    else sessionStorage.removeItem(key)
  } catch {
    // A browser may forbid storage; then a reload begins with the post's network.
  }
}
