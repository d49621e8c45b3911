export default function ({ data: [data], parentElement, setTriggerValue }) {
  drawStrip(parentElement.querySelector(".strip"), data, (index) => setTriggerValue("picked", index))
}
