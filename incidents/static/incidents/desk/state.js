/** What the desk knows: the words, the question that is asked, the rows, the open case. */

import { island, speaker } from 'gis/page.js'
import { makeClock } from './clock.js'

/**
 * @typedef {{number: string, kind: string, category: {code: string, name: string} | null, state: string, state_label: string,
 *   tier: string, tier_label: string, grid: {code: string, name: string} | null, community: {code: string, name: string} | null,
 *   subdistrict: string | null, unit: {code: string, name: string} | null, deadline: string | null, amber_at: string | null,
 *   received_at: string, position: {lon: number, lat: number} | null, description: string, address: string, reports: number,
 *   flags: Record<string, boolean | number>, gone?: boolean}} Row
 */

export const config = island('config')
export const { say, number, length } = speaker(island('words'), config.language)
export const clock = makeClock({ calendar: config.calendar, zone: config.zone, language: config.language, say })

export const FILTERS = ['kind', 'category', 'state', 'due', 'tier', 'unit', 'mine', 'text', 'order', 'placed', 'region', 'grid', 'from', 'to']

/** @type {{question: Record<string, string>, rows: Row[], next: string | null, count: {n: number, is_more: boolean} | null,
 *   at: string | null, cursor: string | null, selected: Set<string>, open: any, news: Set<string>, phase: 'loading' | 'ready' | 'failed' | 'refused',
 *   wrong: string, onMap: boolean, box: string}} */
export const desk = {
  question: {}, rows: [], next: null, count: null, at: null, cursor: null, selected: new Set(), open: null, news: new Set(),
  phase: 'loading', wrong: '', onMap: false, box: '',
}

/** @type {Map<string, Set<(detail?: any) => void>>} */
const heard = new Map()

/** @param {string} event @param {(detail?: any) => void} then */
export function on(event, then) {
  const those = heard.get(event) ?? new Set()
  heard.set(event, those.add(then))
}

/** @param {string} event @param {any} [detail] */
export function tell(event, detail) {
  for (const then of heard.get(event) ?? []) then(detail)
}

/** The question as the API takes it. */
export function asked() {
  const found = Object.fromEntries(Object.entries(desk.question).filter(([, value]) => value))
  return { ...found, place: config.place, ...(desk.onMap && desk.box ? { bbox: desk.box } : {}) }
}

/** The number of the case in the address, if one is open. */
export const caseInAddress = () => new URLSearchParams(location.search).get('case')

/** Put the question and the open case into the address, so that a reload and a link find them. */
export function writeAddress() {
  const query = new URLSearchParams(Object.entries(desk.question).filter(([, value]) => value))
  if (desk.open?.number) query.set('case', desk.open.number)
  const place = new URLSearchParams(location.search).get('place')
  if (place) query.set('place', place)
  history.replaceState(null, '', query.size ? `?${query}` : location.pathname)
}

export const uuid = () => crypto.randomUUID?.() ?? '10000000-1000-4000-8000-100000000000'.replace(/[018]/g, (c) =>
  (Number(c) ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (Number(c) / 4)))).toString(16))

/** Remembered on this machine; without storage it is forgotten. */
export const memory = {
  /** @param {string} name @returns {any} */
  get: (name) => {
    try {
      return JSON.parse(localStorage.getItem(`desk:${config.user}:${name}`) ?? 'null')
    } catch {
      return null
    }
  },
  /** @param {string} name @param {any} value */
  set: (name, value) => {
    try {
      if (value == null) localStorage.removeItem(`desk:${config.user}:${name}`)
      else localStorage.setItem(`desk:${config.user}:${name}`, JSON.stringify(value))
    } catch { /* a full or forbidden storage keeps nothing */ }
  },
}

/** @param {string} text read to those who do not see the page */
export function speak(text) {
  const spoken = document.getElementById('spoken')
  if (spoken) spoken.textContent = text
}
