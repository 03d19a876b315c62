/** On which ground a position lies, told no surer than the position is. Small distances: a plane will do. */

export const M_PER_DEGREE = 111_320
/** Metres of a degree of longitude. @param {number} lat */
export const acrossAt = (lat) => M_PER_DEGREE * Math.cos((lat * Math.PI) / 180)

/** @typedef {{code: string, name: string, geometry: {type: string, coordinates: any}}} Grid */

/** The polygons of a grid, each with its rings, in metres around a position. @param {Grid} grid @param {{lon: number, lat: number}} at @returns {number[][][][]} */
function around({ geometry }, { lon, lat }) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const across = acrossAt(lat)
  return polygons.map((rings) => rings.map((ring) => ring.map(([x, y]) => [(x - lon) * across, (y - lat) * M_PER_DEGREE])))
}

/** Metres from a position to the border of a grid, negative inside. @param {Grid} grid @param {{lon: number, lat: number}} at */
export function distance(grid, at) {
  let nearest = Infinity
  let inside = false
  for (const ring of around(grid, at).flat()) {
    for (let k = 1; k < ring.length; k += 1) {
      const [[ax, ay], [bx, by]] = [ring[k - 1], ring[k]]
      const [dx, dy] = [bx - ax, by - ay]
      const share = dx || dy ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / (dx * dx + dy * dy))) : 0
      nearest = Math.min(nearest, Math.hypot(ax + share * dx, ay + share * dy))
      if (ay > 0 !== by > 0 && ax - (ay * dx) / dy > 0) inside = !inside
    }
  }
  return inside ? -nearest : nearest
}

/** The angle from one place to another around 0, 0. @param {number[]} a @param {number[]} b */
const turn = ([ax, ay], [bx, by]) => Math.atan2(ax * by - ay * bx, ax * bx + ay * by)

/** Signed area of the triangle from 0, 0 over an edge, as far as it lies in a circle around 0, 0. @param {number[]} a @param {number[]} b @param {number} radius */
function slice(a, b, radius) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const square = dx * dx + dy * dy
  const along = a[0] * dx + a[1] * dy
  const inner = along * along - square * (a[0] * a[0] + a[1] * a[1] - radius * radius)
  const sector = (from, to) => (turn(from, to) * radius * radius) / 2
  if (!square || inner <= 0) return sector(a, b)
  const [begin, end] = [Math.max(0, (-along - Math.sqrt(inner)) / square), Math.min(1, (-along + Math.sqrt(inner)) / square)]
  if (begin >= end) return sector(a, b)
  const [p, q] = [begin, end].map((part) => [a[0] + part * dx, a[1] + part * dy])
  return sector(a, p) + (p[0] * q[1] - p[1] * q[0]) / 2 + sector(q, b)
}

/**
 * Which grids the circle of accuracy lies in, and with what share of it, the largest first.
 * @param {Grid[]} grids @param {{lon: number, lat: number, accuracy: number}} fix
 */
export function shares(grids, fix) {
  const whole = Math.PI * fix.accuracy ** 2
  const area = (ring) => Math.abs(ring.slice(1).reduce((sum, b, k) => sum + slice(ring[k], b, fix.accuracy), 0))
  return grids.map((grid) => {
    const covered = around(grid, fix).reduce((sum, [outer, ...holes]) => sum + area(outer) - holes.reduce((cut, hole) => cut + area(hole), 0), 0)
    return { grid, share: covered / whole }
  }).filter(({ share }) => share >= 0.005).sort((a, b) => b.share - a.share)
}

/**
 * The grid under a position, and whether its circle of accuracy lies within mine, outside, or across the border.
 * @param {Grid[]} mine @param {Grid[]} others @param {{lon: number, lat: number, accuracy: number}} fix
 */
export function whereIs(mine, others, fix) {
  const away = Math.min(...mine.map((grid) => distance(grid, fix)))
  const under = [...mine, ...others].find((grid) => distance(grid, fix) <= 0) ?? null
  const said = away > fix.accuracy ? 'outside' : -away >= fix.accuracy ? 'inside' : 'unsure'
  return { said, away, under }
}

/** West, south, east, north of some grids. @param {Grid[]} grids @returns {[number, number, number, number]} */
export function bounds(grids) {
  const points = grids.flatMap(({ geometry }) => geometry.coordinates.flat(geometry.type === 'Polygon' ? 1 : 2))
  const xs = points.map(([x]) => x)
  const ys = points.map(([, y]) => y)
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}
