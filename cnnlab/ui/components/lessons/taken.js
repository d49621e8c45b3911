// Keep what a student answers in the two checks, under a code that says nothing of who it is.
const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789" // none looks like another
const CODE = /^[a-hjkmnp-z2-9]{8}$/
const LARGEST = 1e12
export const CHECKS = ["before", "after"]
export const CHECK_COLUMNS = ["code", "check", "number", "kind", "numbers", "question", "given", "expected", "right", "slip", "when"]

/** Return what is kept with a code; one is drawn where none is, and what was answered under none is gone. */
export function coded(kept, bytes = crypto.getRandomValues(new Uint8Array(8))) {
  if (CODE.test(kept.code)) return kept
  return { ...kept, code: Array.from(bytes, (each) => LETTERS[each % LETTERS.length]).join(""), checks: {} }
}

/** Return the answers kept of a check, up to the first that is none. */
export function answersOf(kept, which) {
  const answers = kept.checks?.[which]?.answers
  if (!Array.isArray(answers)) return []
  const bad = answers.findIndex((each) => !valid(each?.given))
  return bad < 0 ? answers : answers.slice(0, bad)
}

function valid(given) {
  return given === null || (Number.isInteger(given) && given >= 0 && given <= LARGEST)
}

/** Keep answers with the moment at which each came, fewer never for more; `rows` come once a check is complete. */
export function answered(kept, { code, which, given, rows }, now = new Date()) {
  const known = kept.code === code ? kept : { ...kept, code, checks: {} }
  const before = answersOf(known, which)
  if (before.length > given.length) return known
  const answers = given.map((each, place) => (before[place]?.given === each ? before[place] : { given: each, when: now.toISOString() }))
  return { ...known, checks: { ...known.checks, [which]: { answers, rows } } }
}

/** Return every row of the checks that are complete, each with its moment. */
export function checkRows(kept) {
  return CHECKS.flatMap((which) => {
    const rows = kept.checks?.[which]?.rows
    if (!Array.isArray(rows)) return []
    return rows.map((row, place) => ({ ...row, when: answersOf(kept, which)[place]?.when }))
  })
}
