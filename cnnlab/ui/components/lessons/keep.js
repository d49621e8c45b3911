// Keep progress and answers in this browser; the server writes nothing of it down.
const KEY = "cnnlab.lessons"
const MOST_ROWS = 2000
const COLUMNS = ["when", "lesson", "step", "question", "given", "right", "slip"]

/** What nobody has used yet: how far each lesson was seen, the answers in lessons, and the two checks under a code. */
export function empty() {
  return { reached: {}, rows: [], code: "", checks: {} }
}

/** Return what was kept; whatever else stands there counts as nothing. */
export function read(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "null")
    if (kept && typeof kept.reached === "object" && kept.reached && Array.isArray(kept.rows)) return { ...empty(), ...kept }
  } catch {
    // A browser may forbid storage, or hold something else there.
  }
  return empty()
}

export function write(storage, kept) {
  try {
    storage.setItem(KEY, JSON.stringify(kept))
  } catch {
    // Full or forbidden: then nothing is kept.
  }
}

/** Add what a visit answered and how far it came; nothing is added twice. */
export function merged(kept, { lesson, step, log }) {
  const known = new Set(kept.rows.map((row) => JSON.stringify(COLUMNS.map((name) => row[name]))))
  const fresh = log.filter((row) => !known.has(JSON.stringify(COLUMNS.map((name) => row[name]))))
  const reached = { ...kept.reached }
  if (lesson) reached[lesson] = Math.max(step, Number(reached[lesson]) || 0)
  return { ...kept, reached, rows: [...kept.rows, ...fresh].slice(-MOST_ROWS) }
}

/** Return the answers as CSV that no spreadsheet reads as a formula. */
export function csv(rows, columns = COLUMNS) {
  const cell = (value) => {
    const text = String(value ?? "")
    const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return [columns, ...rows.map((row) => columns.map((name) => row[name]))].map((row) => row.map(cell).join(",")).join("\r\n")
}

/** Return a file of rows that a spreadsheet opens with every letter right. */
export function file(rows, columns = COLUMNS) {
  return new Blob(["\ufeff", csv(rows, columns)], { type: "text/csv" })
}
