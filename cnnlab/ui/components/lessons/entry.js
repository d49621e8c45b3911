import { merged, read, write } from "./keep.js"
import { shine } from "./light.js"

export default function ({ data: [data] }) {
  write(localStorage, merged(read(localStorage), data))
  return shine(data)
}
