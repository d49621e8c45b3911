// What stands half typed in the fields of answers, by the key of each field.
const PREFIX = "cnnlab.typed."
const LONGEST = 300 // characters of an answer

/** Keep what stands in a field now; nothing is kept of an empty one. */
export function keep(storage, key, text) {
  if (text.trim()) storage.setItem(PREFIX + key, text.slice(0, LONGEST))
  else storage.removeItem(PREFIX + key)
}

/**
 * Return what was half typed into a field in which nothing, or the last answer, stands now; else nothing.
 * What was answered meanwhile is forgotten.
 * @param {Pick<Storage, "getItem" | "removeItem">} storage
 * @param {{ key: string, given: string }} field `given` is the last answer
 * @param {string} shown what stands in the field now
 */
export function half(storage, { key, given }, shown) {
  const text = storage.getItem(PREFIX + key) ?? ""
  if (text.trim() === given) storage.removeItem(PREFIX + key)
  else if (!shown || shown.trim() === given) return text
  return ""
}
