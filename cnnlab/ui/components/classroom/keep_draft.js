const KEY = "cnnlab.draft"

/**
 * Keep the draft in this tab; a session that begins anew gets it back, one that has closed its draft forgets it.
 */
export default function ({ data: [{ text, fresh }], setTriggerValue }) {
  try {
    const kept = sessionStorage.getItem(KEY)
    if (fresh) {
      if (kept) setTriggerValue("kept", kept)
    } else if (text) sessionStorage.setItem(KEY, text)
    else sessionStorage.removeItem(KEY)
  } catch {
    // A browser may forbid storage; then a reload begins without a draft.
  }
}
