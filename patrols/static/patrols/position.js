/** Where this phone is, and how surely. */

import { config, say, tell } from './state.js'

/** @type {{fix: {lon: number, lat: number, accuracy: number, speed: number | null, heading: number | null, at: number} | null, problem: string}} */
export const here = { fix: null, problem: '' }

const PROBLEMS = { 1: 'fix.denied', 2: 'fix.none', 3: 'fix.none' }

export function beginPosition() {
  if (!('geolocation' in navigator) || !isSecureContext) {
    here.problem = say('fix.insecure')
    tell('here')
    return
  }
  // By this phone's clock as everything else here: the receiver's own time may be another.
  navigator.geolocation.watchPosition(({ coords }) => {
    here.fix = { lon: coords.longitude, lat: coords.latitude, accuracy: coords.accuracy, speed: coords.speed, heading: Number.isNaN(coords.heading) ? null : coords.heading, at: Date.now() }
    here.problem = ''
    tell('here')
  }, (error) => {
    here.problem = say(PROBLEMS[error.code] ?? 'fix.none')
    tell('here')
  }, { enableHighAccuracy: true, maximumAge: 5000, timeout: 30_000 })
}

// A fix of some minutes ago is not where one stands now.
const OLD_MS = 3 * 60_000

/** The position if it is from just now. */
export const fresh = () => (here.fix && Date.now() - here.fix.at < OLD_MS ? here.fix : null)

/** @param {number} metres */
export const metres = (metres) => say(metres < 1000 ? 'm' : 'km', { n: new Intl.NumberFormat(config.language).format(metres < 1000 ? Math.round(metres) : Math.round(metres / 100) / 10) })
