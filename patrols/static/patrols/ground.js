/** On which ground a position lies, told no surer than the position is. Small distances: a plane will do. */

export const M_PER_DEGREE = 111_320
/** Metres of a degree of longitude. @param {number} lat */
export const acrossAt = (lat) => M_PER_DEGREE * Math.cos((lat * Math.PI) / 180)

/** @typedef {{code: string, name: string, geometry: {type: string, coordinates: any}}} Grid */

/** The rings of a grid in metres around a position. @param {Grid} grid @param {{lon: number, lat: number}} at @returns {number[][][]} */
function rings({ geometry }, { lon, lat }) {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates
  const across = acrossAt(lat)
  return polygons.flat().map((ring) => ring.map(([x, y]) => [(x - lon) * across, (y - lat) * M_PER_DEGREE]))
}

/** Metres from a position to the border of a grid, negative inside. @param {Grid} grid @param {{lon: number, lat: number}} at */
export function distance(grid, at) {
  let nearest = Infinity
  let inside = false
  for (const ring of rings(grid, at)) {
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
