/** What the live page knows: where those on duty were last received, what calls for a look, how old that is. */

import { island, speaker } from 'gis/page.js'

export const config = island('config')
export const speak = speaker(island('words'), config.language)
export const { say, number, length } = speak

/**
 * @typedef {{id: number, kind: string, worker: string, name: string, grid: string, grid_name: string, opened_at: string,
 *   last_at: string, lon: number | null, lat: number | null, facts: any, acknowledged_at: string | null,
 *   acknowledged_by: string | null, note: string}} Alert
 * @typedef {{worker: string, lon: number, lat: number, at: number, accuracy: number | null}} Position
 * @typedef {{worker: string, name: string, grid: string, lon: number, lat: number, at: number, accuracy: number | null,
 *   state: 'fresh' | 'stale' | 'silent', out: boolean}} Seen
 */

export const live = {
  /** @type {Alert[]} */ alerts: [],
  /** @type {Position[]} */ positions: [],
  /** When both were last read, ms; 0 before. */ readAt: 0,
  /** @type {'loading' | 'ready' | 'failed' | 'offline' | 'signed_out'} */ phase: 'loading',
  subdistrict: '',
  kind: '',
  /** @type {number | null} */ alert: null,
  /** @type {string | null} */ worker: null,
}

/** Older than this a position tells where somebody was. */
const FRESH_MS = 3 * 60_000

/** @param {string} grid */
const isAsked = (grid) => !live.subdistrict || config.grids[grid]?.subdistrict === live.subdistrict

/** The alerts of the question, as the list and the map both show them. */
export const alertsShown = () => live.alerts.filter((one) => isAsked(one.grid) && (!live.kind || one.kind === live.kind))

/** Everybody whose place is known, by grid: by a position of now, or by the last one before the silence. @returns {Seen[]} */
export function peopleShown() {
  const out = new Set(live.alerts.filter((one) => one.kind === 'out_of_grid').map((one) => one.worker))
  const now = Date.now()
  const seen = live.positions.map((one) => told(one, now - one.at <= FRESH_MS ? 'fresh' : 'stale', out))
  const heard = new Set(live.positions.map((one) => one.worker))
  for (const one of live.alerts) {
    if (one.lon === null || one.lat === null || heard.has(one.worker)) continue
    heard.add(one.worker)
    const at = Date.parse(one.facts.last_fix_at ?? one.last_at)
    seen.push(told({ worker: one.worker, lon: one.lon, lat: one.lat, at, accuracy: null }, 'silent', out))
  }
  return seen.filter((one) => isAsked(one.grid)).sort((a, b) => (a.grid < b.grid ? -1 : 1))
}

/** @param {Position} one @param {'fresh' | 'stale' | 'silent'} state @param {Set<string>} out @returns {Seen} */
function told(one, state, out) {
  const known = config.people[one.worker] ?? { name: one.worker, grid: '' }
  return { ...one, name: known.name, grid: known.grid, state, out: out.has(one.worker) }
}

/** How long ago, in words. @param {number} at ms */
export function age(at) {
  const s = Math.max(0, Math.round((Date.now() - at) / 1000))
  if (s < 60) return say('age.seconds', { n: number(s) })
  if (s < 3600) return say('age.minutes', { n: number(Math.floor(s / 60)) })
  return say('age.hours', { n: number(Math.floor(s / 3600)) })
}

/** For how long, in words. @param {string} since */
export function lasting(since) {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(since)) / 60_000))
  return minutes < 60 ? say('for.minutes', { n: minutes }) : say('for.hours', { h: Math.floor(minutes / 60), m: minutes % 60 })
}
