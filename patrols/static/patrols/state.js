/** What all parts of the page share: the configuration, words, the corrected clock, and news of a change. */

import { island, speaker } from 'gis/page.js'

export const config = island('config')
export const speak = speaker(island('messages'), config.language)
export const { say } = speak

/** @type {Map<string, ((value?: any) => void)[]>} */
const listeners = new Map()

/** @param {'outbox' | 'here' | 'mine' | 'tasks' | 'spots' | 'shift' | 'panel' | 'map'} name @param {(value?: any) => void} listener */
export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener])
}

/** @param {'outbox' | 'here' | 'mine' | 'tasks' | 'spots' | 'shift' | 'panel' | 'map'} name @param {any} [value] */
export function tell(name, value) {
  for (const listener of listeners.get(name) ?? []) listener(value)
}

/** Whether the service was heard the last time: a browser that says it is online may be in a tunnel. */
export const net = { heard: true }

/** @param {boolean} heard */
export function hear(heard) {
  if (net.heard === heard) return
  net.heard = heard
  tell('outbox')
}

export const isOffline = () => !navigator.onLine || !net.heard

// A difference below this is the network's.
const TRUSTED_MS = 30_000
let offsetMs = 0

/** @param {string} server the server's clock, as it was just told */
export function setClock(server) {
  const found = Date.parse(server) - Date.now()
  offsetMs = Math.abs(found) > TRUSTED_MS ? found : 0
  return offsetMs
}

/** @param {number} found a difference that is kept from before, in ms */
export const keepClock = (found) => { offsetMs = found }

/** The time of the service, though this phone's clock be wrong. @param {number} [at] ms of this phone */
export const instant = (at = Date.now()) => new Date(at + offsetMs)

/** @param {string | number} at */
export const clock = (at) => new Date(at).toLocaleTimeString(config.language, { hour: '2-digit', minute: '2-digit', hour12: false })

/** A span in words. @param {number} ms */
export function span(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 60) return say('minutes', { n: minutes })
  if (minutes < 24 * 60) return minutes % 60 && minutes < 600 ? say('hours_minutes', { h: Math.floor(minutes / 60), m: minutes % 60 }) : say('hours', { n: Math.round(minutes / 60) })
  return say('days', { n: Math.round(minutes / 1440) })
}
