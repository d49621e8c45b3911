import { Line, isNews } from "./listening.js"
import { address } from "../common/addresses.js"
import { goTo } from "../common/place.js"

const line = new Line((where) => new EventSource(where), () => document.visibilityState === "visible")
let last = null // what was heard, perhaps before the page was drawn that it is news to
let where = ""
let asked = -1
let shown = -1
document.addEventListener("visibilitychange", () => line.look())

export default function ({ data: [data], setTriggerValue }) {
  if (where !== data.address) last = null
  where = data.address
  const look = () => {
    if (!last || last.number === asked || !isNews(data, last)) return
    asked = last.number
    setTriggerValue("moved", last.number)
  }
  line.listen(address(data.address), (heard) => {
    last = heard
    look()
  })
  look()
  if (data.place && shown !== data.number) {
    shown = data.number
    goTo(sessionStorage, data.place)
  }
  return () => line.close()
}
