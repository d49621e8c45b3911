// Find the terms of the glossary in running text.

/**
 * Return what finds the terms as whole words; a word without capitals is also found at the beginning of a sentence.
 * @param {[string[], string, string][]} terms the words of each, what it says, and in which language
 */
export function finder(terms) {
  /** @type {Map<string, number>} */
  const known = new Map()
  terms.forEach(([words], index) => {
    for (const word of words) {
      known.set(word, index)
      if (word === word.toLowerCase()) known.set(word[0].toUpperCase() + word.slice(1), index)
    }
  })
  const longestFirst = [...known.keys()].sort((a, b) => b.length - a.length)
  const any = longestFirst.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&").replaceAll(" ", "\\s+")).join("|")
  return { known, pattern: new RegExp(`(?<![\\p{L}\\p{N}_.=-])(?:${any || "(?!)"})(?![\\p{L}\\p{N}_=(-])`, "gu") }
}

/**
 * Return where terms that were not seen yet stand in a text, in its order, and add them to those seen.
 * @param {string} text
 * @param {ReturnType<typeof finder>} terms
 * @param {Set<number>} seen
 */
export function firstPlaces(text, { known, pattern }, seen) {
  const places = []
  for (const found of text.matchAll(pattern)) {
    const term = known.get(found[0].replace(/\s+/g, " "))
    if (term === undefined || seen.has(term)) continue
    seen.add(term)
    places.push({ start: found.index, end: found.index + found[0].length, term })
  }
  return places
}

/** Return where a box goes that explains a term: below it, above where there is no room, inside the window. */
export function beside(term, box, width, height, gap = 6) {
  const left = Math.max(gap, Math.min(term.left, width - box.width - gap))
  const below = term.bottom + gap
  const top = below + box.height > height - gap && term.top - gap - box.height >= 0 ? term.top - gap - box.height : below
  return { left, top }
}
