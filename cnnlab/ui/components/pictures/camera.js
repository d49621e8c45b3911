// The camera of the visitor's own device, as far as the browser gives it. It is on only between Start and the picture.
const LONGEST = 1024 // pixels of a side that is sent
const REFUSED = {
  NotAllowedError: "The camera was not allowed; allow it for this page in the browser's address bar and start it again.",
  NotFoundError: "The browser finds no camera on this device; plug one in, or upload a photograph.",
  NotReadableError: "The camera is in use by another program; close that one and start it again.",
}

export default function ({ parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".camera")
  const video = root.querySelector("video")
  const said = root.querySelector("[role=status]")
  const button = (name) => root.querySelector(`[data-do=${name}]`)

  if (!window.isSecureContext || !navigator.mediaDevices?.getUserMedia) {
    button("start").hidden = true
    said.textContent = window.isSecureContext
      ? "This browser gives no page a camera; upload a photograph instead."
      : "Browsers give a camera only to pages that came over https or from the same machine, and this one came over " +
        `${location.protocol}//${location.hostname}; take the photograph with the device's own camera and upload it.`
    return
  }

  function show(on) {
    video.hidden = button("take").hidden = button("stop").hidden = !on
    button("start").hidden = on
  }

  function stop() {
    root.stream?.getTracks().forEach((track) => track.stop())
    root.stream = video.srcObject = null
    show(false)
  }

  button("start").onclick = async () => {
    said.textContent = ""
    try {
      root.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false })
    } catch (error) {
      said.textContent = REFUSED[error.name] ?? `The camera did not start (${error.name}); upload a photograph instead.`
      return
    }
    // The page may have been left while the visitor was asked.
    if (!root.isConnected) return stop()
    video.srcObject = root.stream
    show(true)
    await video.play()
  }
  button("take").onclick = () => {
    if (!video.videoWidth) return
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight))
    const still = document.createElement("canvas")
    still.width = Math.max(1, Math.round(video.videoWidth * scale))
    still.height = Math.max(1, Math.round(video.videoHeight * scale))
    still.getContext("2d").drawImage(video, 0, 0, still.width, still.height)
    stop()
    setTriggerValue("taken", still.toDataURL("image/jpeg", 0.92))
  }
  button("stop").onclick = stop
  return stop
}
