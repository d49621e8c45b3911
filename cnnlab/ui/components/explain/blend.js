// A map of signed values over the picture that it explains.
import { indexOf } from "../common/scale.js"

/**
 * The pixels of a picture with a map's colours laid over it, as a canvas takes them: red, green, blue, opacity.
 * @param {Uint8Array} picture (height, width, channels) with 1 or 3 channels
 * @param {number} channels
 * @param {Float32Array | null} values (height, width); null for the picture alone
 * @param {number} limit the value of the strongest colour
 * @param {Uint8Array} palette of 256 colours, three bytes each
 * @param {number} strength of the map, 0 to 1
 * @returns {Uint8ClampedArray<ArrayBuffer>}
 */
export function blended(picture, channels, values, limit, palette, strength) {
  const count = picture.length / channels
  const made = new Uint8ClampedArray(4 * count)
  const share = values ? strength : 0
  for (let i = 0; i < count; i += 1) {
    const index = values ? 3 * indexOf(values[i], limit) : 0
    for (let c = 0; c < 3; c += 1) {
      const below = picture[channels * i + (channels === 3 ? c : 0)]
      made[4 * i + c] = share ? (1 - share) * below + share * palette[index + c] : below
    }
    made[4 * i + 3] = 255
  }
  return made
}
