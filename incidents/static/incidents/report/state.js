/** What is being reported. Every change is kept at once, so that a reload loses nothing. */

import { island, speaker } from 'gis/page.js'
import { read, write } from './keep.js'

export { uuid } from './uuid.js'

export const config = island('config')
export const speak = speaker(island('messages'), config.language)
export const { say } = speak

/**
 * @typedef {{id: string, thumb: string, server: string | null, sentAt: number, share: number,
 *   state: 'shrinking' | 'waiting' | 'up' | 'done' | 'wrong', wrong: string}} Photo
 * @typedef {{lon: number | null, lat: number | null, accuracy: number | null, address: string,
 *   grid: string, community: string, spot: {lon: number, lat: number} | null}} Where
 * @typedef {{photos: Photo[], place: Where | null, view: {lon: number, lat: number, zoom: number} | null, address: string, kind: string, category: string | null,
 *   categoryName: string, words: string, phone: string, name: string, organisation: string, creditCode: string}} Draft
 */

/** @returns {Draft} */
const blank = () => ({ photos: [], place: null, view: null, address: '', kind: '', category: null, categoryName: '', words: '', phone: '', name: '', organisation: '', creditCode: '' })

/** @type {Draft} */
export const draft = { ...blank(), ...read('draft') }
// An upload that the reload cut off begins anew.
for (const photo of draft.photos) if (!photo.server && photo.state !== 'wrong') photo.state = 'waiting'

/** @type {(() => void)[]} */
const listeners = []

/** @param {() => void} listener called after every change */
export function onChange(listener) {
  listeners.push(listener)
}

/** @param {Partial<Draft>} [values] */
export function change(values = {}) {
  Object.assign(draft, values)
  write('draft', draft)
  for (const listener of listeners) listener()
}

export function clearDraft() {
  Object.assign(draft, blank())
  write('draft', null)
  for (const listener of listeners) listener()
}

/** The title of what is reported: its category, or words for "something else". */
export const titleOf = () => draft.categoryName || (draft.kind ? `${say(`kind.${draft.kind}`)} · ${say('kind.other')}` : '')
