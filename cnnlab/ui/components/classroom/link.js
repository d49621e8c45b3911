// The link for a class, to be copied by one press: over plain http a browser has no clipboard to write to, but copies
// what is selected.
export default function ({ data: [{ address }], parentElement }) {
  const find = (selector) => parentElement.querySelector(selector)
  const [field, said] = [find("input"), find("[role=status]")]
  if (field.value !== address) [field.value, said.textContent] = [address, ""]
  field.onfocus = () => field.select()
  find("button").onclick = async () => {
    try {
      await navigator.clipboard.writeText(address)
      said.textContent = "Copied."
    } catch {
      field.select()
      said.textContent = document.execCommand("copy") ? "Copied." : "Press Ctrl+C."
    }
  }
}
