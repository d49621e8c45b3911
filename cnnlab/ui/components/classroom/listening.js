// Listen for what the class follows: one connection for each tab that is looked at, and none for the others.
const AGAIN = 20_000 // milliseconds after the server had no place

/**
 * Tell whether a page must be drawn anew after an event.
 * @param {{ number: number, on: boolean, follows: boolean }} page what was drawn
 * @param {{ number: number, on: boolean }} heard
 */
export function isNews(page, heard) {
  return page.follows ? heard.number !== page.number : heard.on !== page.on
}

/** Return what an event says; null for what says nothing. */
export function heardOf(text) {
  try {
    const { number, on } = JSON.parse(text)
    return Number.isSafeInteger(number) && number >= 0 && typeof on === "boolean" ? { number, on } : null
  } catch {
    return null
  }
}

/** A line to the server that opens with `listen`, tells `hear` every event, and is closed while nobody looks. */
export class Line {
  constructor(open, isLookedAt) {
    this.open = open
    this.isLookedAt = isLookedAt
    this.address = ""
    this.source = null
    this.timer = 0
    /** @type {(heard: { number: number, on: boolean }) => void} */
    this.hear = () => {}
  }

  listen(address, hear) {
    this.hear = hear
    if (address !== this.address) this.close()
    this.address = address
    this.look()
  }

  // Open or close, as the tab is looked at or not.
  look() {
    if (!this.isLookedAt()) return this.hangUp()
    if (this.source || !this.address) return
    const source = (this.source = this.open(this.address))
    source.onmessage = (event) => {
      const heard = heardOf(event.data)
      if (heard) this.hear(heard)
    }
    source.onerror = () => {
      // A broken connection comes back by itself; a refused one does not.
      if (source.readyState !== 2 || this.source !== source) return
      this.hangUp()
      this.timer = setTimeout(() => this.look(), AGAIN)
    }
  }

  hangUp() {
    clearTimeout(this.timer)
    this.source?.close()
    this.source = null
  }

  close() {
    this.hangUp()
    this.address = ""
  }
}
