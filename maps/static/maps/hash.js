/**
 * The address of what is shown: `#map=12/36.1/120.5&edition=2021&compare=1&at=120.4,36.1&datum=wgs84`.
 * MapLibre writes `map`; the rest is ours.
 */

/** @returns {URLSearchParams} */
const read = () => new URLSearchParams(location.hash.slice(1))

/** @returns {{edition: string | null, compare: boolean, asked: {lon: string, lat: string, datum: string, accuracy: string} | null}} */
export function readHash() {
  const from = read()
  const [lon, lat] = (from.get('at') ?? '').split(',')
  return {
    edition: from.get('edition'),
    compare: from.get('compare') === '1',
    asked: lon && lat ? { lon, lat, datum: from.get('datum') ?? 'wgs84', accuracy: from.get('accuracy') ?? '' } : null,
  }
}

/** @param {Record<string, string | null>} values null removes one */
export function writeHash(values) {
  const now = read()
  for (const [name, value] of Object.entries(values)) {
    if (value) now.set(name, value)
    else now.delete(name)
  }
  const text = [...now].map(([name, value]) => `${name}=${encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%2C', ',')}`).join('&')
  history.replaceState(history.state, '', text ? `#${text}` : location.pathname + location.search)
}
