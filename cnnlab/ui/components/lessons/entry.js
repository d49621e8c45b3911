import { takePlaces } from "../common/place.js"
import { merged, read, write } from "./keep.js"
import { shine } from "./light.js"

let ended = new AbortController()

export default function ({ data: [data], setTriggerValue }) {
  write(localStorage, merged(read(localStorage), data))
  // Streamlit cleans up when it takes a component away, not when its data change.
  ended.abort()
  const mine = (ended = new AbortController())
  if (data.asks_place) takePlaces((place) => setTriggerValue("placed", place), mine.signal)
  shine(data, mine.signal)
  // What is Streamlit's own speaks English; of it, only the answers to choose from are words of the lesson.
  document.querySelectorAll(".st-key-lesson_dock [role=radiogroup]").forEach((group) => group.setAttribute("lang", data.lang))
  return () => mine.abort()
}
