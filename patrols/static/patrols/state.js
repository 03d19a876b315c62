/** What all parts of the page share: the configuration, words, and news of a change. */

import { askAs } from 'gis/api.js'
import { island, speaker } from 'gis/page.js'

export const config = island('config')
// What is written and shown here is this person's: another session must neither send nor fill it.
askAs(config.user)
export const speak = speaker(island('messages'), config.language)
export const { say } = speak

/** @type {Map<string, ((value?: any) => void)[]>} */
const listeners = new Map()

/** @typedef {'outbox' | 'sent' | 'here' | 'mine' | 'tasks' | 'spots' | 'shift' | 'panel' | 'clock' | 'map'} News */

/** @param {News} name @param {(value?: any) => void} listener */
export function on(name, listener) {
  listeners.set(name, [...(listeners.get(name) ?? []), listener])
}

/** @param {News} name @param {any} [value] */
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

/** @param {string | number} at */
export const clock = (at) => new Date(at).toLocaleTimeString(config.language, { hour: '2-digit', minute: '2-digit', hour12: false })

/** A span in words. @param {number} ms */
export function span(ms) {
  const minutes = Math.max(0, Math.round(ms / 60_000))
  if (minutes < 60) return say('minutes', { n: minutes })
  if (minutes < 24 * 60) return minutes % 60 && minutes < 600 ? say('hours_minutes', { h: Math.floor(minutes / 60), m: minutes % 60 }) : say('hours', { n: Math.round(minutes / 60) })
  return say('days', { n: Math.round(minutes / 1440) })
}
