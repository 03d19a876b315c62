/** Reading positions and alerts: now and then while somebody looks, and alerts when news says so. */

import { Refused, call } from 'gis/api.js'
import { listen } from 'gis/live.js'
import { config, live } from './state.js'

// Each look is recorded, so nobody is looked at more often than they move; nor while nobody watches.
const EVERY_MS = 30_000
const ALERTS_EVERY_MS = 120_000
const REST_MS = 800
const MOST = '2000'

/** @param {() => void} changed */
export function beginReading(changed) {
  let alertsAt = 0
  let later = 0
  /** One after another, so that an older answer never comes last. @type {'none' | 'running' | 'again'} */
  let state = 'none'

  const read = async (/** @type {boolean} */ alertsToo) => {
    if (document.hidden || live.phase === 'signed_out') return
    if (state !== 'none') {
      if (alertsToo) state = 'again'
      return
    }
    state = 'running'
    try {
      const place = { place: config.place }
      const asked = alertsToo || Date.now() - alertsAt > ALERTS_EVERY_MS
      const [positions, alerts] = await Promise.all([
        call(config.urls.positions, { query: place }),
        asked ? call(config.urls.alerts, { query: { ...place, state: 'open', page_size: MOST } }) : null,
      ])
      live.positions = positions.features.map(toPosition)
      if (alerts) {
        live.alerts = alerts.results
        alertsAt = Date.now()
      }
      live.readAt = Date.now()
      live.phase = 'ready'
    } catch (error) {
      const out = error instanceof Refused && (error.status === 401 || error.status === 403)
      live.phase = out ? 'signed_out' : navigator.onLine ? 'failed' : 'offline'
    }
    const again = /** @type {string} */ (state) === 'again'
    state = 'none'
    changed()
    if (again) read(true)
  }
  const soon = () => {
    clearTimeout(later)
    later = setTimeout(() => read(true), REST_MS)
  }
  listen(`${config.urls.stream}?${new URLSearchParams({ place: config.place })}`, ['patrol.alerts_changed'], {
    onEvent: soon,
    onReset: soon,
    onState: (state) => { if (state === 'live' && live.readAt) soon() },
  })
  setInterval(() => read(false), EVERY_MS)
  document.addEventListener('visibilitychange', () => { if (!document.hidden && Date.now() - live.readAt > EVERY_MS) read(true) })
  addEventListener('online', soon)
  addEventListener('offline', () => { live.phase = live.phase === 'signed_out' ? live.phase : 'offline'; changed() })
  read(true)
  return { soon }
}

/** @param {any} one a GeoJSON feature @returns {import('./state.js').Position} */
const toPosition = ({ geometry, properties }) => ({
  worker: properties.worker, lon: geometry.coordinates[0], lat: geometry.coordinates[1],
  at: Date.parse(properties.seen_at), accuracy: properties.accuracy_m,
})
