// Tell the server which place of a map the teacher has pressed, and leave the press to whoever else takes it.
import { hearPlaces } from "../common/place.js"

let ended = new AbortController()

export default function ({ setTriggerValue }) {
  ended.abort()
  const mine = (ended = new AbortController())
  hearPlaces((place) => setTriggerValue("placed", place), mine.signal)
  return () => mine.abort()
}
