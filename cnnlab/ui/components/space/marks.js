// The shapes that tell classes apart beside their colours, and the way of the arrow keys from point to point.

const SHAPES = [
  "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z",
  "M-4.5,-4.5h9v9h-9z",
  "M0,-6L5.6,4.6H-5.6z",
  "M0,-6.2L5.2,0L0,6.2L-5.2,0z",
  "M-1.7,-5.5h3.4v3.8h3.8v3.4h-3.8v3.8h-3.4v-3.8h-3.8v-3.4h3.8z",
  "M0,6L5.6,-4.6H-5.6z",
  "M-5.5,-2h11v4h-11z",
  "M0,-6.4L1.9,-2L6.4,-2L2.8,1.2L4,6L0,3.2L-4,6L-2.8,1.2L-6.4,-2L-1.9,-2z",
  "M-2,-5.5h4v11h-4z",
  "M-5.4,-3.1L0,-6.2L5.4,-3.1V3.1L0,6.2L-5.4,3.1z",
]

/**
 * The outline of the points of a class, around the origin.
 * @param {number} label
 */
export function shapeOf(label) {
  return SHAPES[label % SHAPES.length]
}

/**
 * Where points stand in a drawing: with one scale for both directions, so that what is near is near.
 * @param {ArrayLike<number>} values x and y of each point, one after the other
 * @param {number} wide
 * @param {number} high
 * @param {number} margin
 * @returns {{ x: number, y: number }[]}
 */
export function placed(values, wide, high, margin) {
  const points = Array.from({ length: values.length / 2 }, (_, i) => ({ x: values[2 * i], y: values[2 * i + 1] }))
  const ends = (key) => {
    const all = points.map((point) => point[key])
    return [Math.min(...all), Math.max(...all)]
  }
  const [left, right] = ends("x"), [low, up] = ends("y")
  const room = Math.min((wide - 2 * margin) / (right - left || 1), (high - 2 * margin) / (up - low || 1))
  return points.map(({ x, y }) => ({
    x: wide / 2 + (x - (left + right) / 2) * room,
    y: high / 2 - (y - (low + up) / 2) * room,
  }))
}

const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }

/**
 * The point that an arrow key leads to: the nearest one in its direction, what lies aside counts double; null for
 * another key, the same point where there is none.
 * @param {{ x: number, y: number }[]} points
 * @param {number} at
 * @param {string} key
 * @returns {number | null}
 */
export function next(points, at, key) {
  const way = WAYS[key]
  if (!way) return null
  let best = at, least = Infinity
  points.forEach((point, i) => {
    const [dx, dy] = [point.x - points[at].x, point.y - points[at].y]
    const ahead = dx * way[0] + dy * way[1], aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0])
    if (i === at || ahead <= 0 || aside > 2 * ahead || ahead + 2 * aside >= least) return
    least = ahead + 2 * aside
    best = i
  })
  return best
}
