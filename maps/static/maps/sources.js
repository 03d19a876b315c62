/** Where the map's data comes from: tiles of one place and edition, and what was asked. */

const STEPS = 96
const DEGREE_M = 111_319.49

/**
 * @param {{tiles: string, place: string}} from
 * @param {string} edition
 * @param {string} layer
 * @returns {object} a vector source by TileJSON, which carries the edition's stamp
 */
export function tiles(from, edition, layer) {
  const query = new URLSearchParams({ place: from.place, edition })
  const url = new URL(`${from.tiles}${layer}.json?${query}`, location.href).href
  return { type: 'vector', url, ...(layer === 'grids' ? { promoteId: 'code' } : {}) }
}

/**
 * The point that was asked, and its circle of accuracy.
 * @param {{lon: number, lat: number, accuracy: number} | null} asked WGS-84 degrees, metres
 * @returns {object} a GeoJSON source
 */
export function asked(asked) {
  const features = []
  if (asked) {
    features.push(feature({ type: 'Point', coordinates: [asked.lon, asked.lat] }))
    if (asked.accuracy > 0) features.push(feature({ type: 'Polygon', coordinates: [circle(asked)] }))
  }
  return { type: 'geojson', data: { type: 'FeatureCollection', features } }
}

/** @param {object} geometry */
const feature = (geometry) => ({ type: 'Feature', properties: {}, geometry })

/** @param {{lon: number, lat: number, accuracy: number}} at */
function circle({ lon, lat, accuracy }) {
  const east = accuracy / (DEGREE_M * Math.cos((lat * Math.PI) / 180))
  const north = accuracy / DEGREE_M
  return Array.from({ length: STEPS + 1 }, (_, step) => {
    const angle = (step / STEPS) * 2 * Math.PI
    return [lon + east * Math.cos(angle), lat + north * Math.sin(angle)]
  })
}
