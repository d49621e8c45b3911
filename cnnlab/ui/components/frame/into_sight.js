// Scroll to an element unless its beginning can be seen already.
export default function ({ data }) {
  const target = document.querySelector(data)
  if (!target) return
  const { top } = target.getBoundingClientRect()
  if (top >= 0 && top < innerHeight / 2) return
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches
  target.scrollIntoView({ block: "start", behavior: still ? "auto" : "smooth" })
}
