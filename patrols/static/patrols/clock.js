/**
 * The time of the service, though this phone's clock be wrong. Every answer says the date; what is written between
 * answers is stamped with the phone's clock and with what was known of it, and put right when it is sent.
 */

import { onDate } from 'gis/api.js'
import { say, span, tell } from './state.js'
import { keep, kept } from './store.js'

// A difference below this is the network's, and the second's that a date is cut to.
const TRUSTED_MS = 30_000
// So often the last contact is written down: what is written later is not older.
const KEEP_MS = 10_000

/**
 * `offset` is what is to be added to this phone's clock, null before anything was heard; `heard` is the service's time of
 * the last answer.
 * @typedef {{offset: number | null, heard: number}} Known
 * @typedef {Known & {at: number}} Stamp by this phone's clock
 */

/** @type {Known} */
let known = { offset: null, heard: 0 }
let keptAt = 0

export async function beginClock() {
  known = { ...known, ...(await kept('clock')) }
  onDate(hearDate)
}

/** @param {string | null} date @param {number} askedMs */
function hearDate(date, askedMs) {
  const told = Date.parse(date ?? '')
  if (Number.isNaN(told)) return
  // Half a second was cut off, and half of the way lies behind it.
  const found = told + 500 - (askedMs + Date.now()) / 2
  const offset = Math.abs(found) > TRUSTED_MS ? Math.round(found) : 0
  const isNews = offset !== known.offset
  known = { offset, heard: told }
  if (isNews || told - keptAt > KEEP_MS) {
    keptAt = told
    keep('clock', known)
  }
  if (isNews) tell('clock')
}

/** Now, as this phone has it, and what is known of its clock. @returns {Stamp} */
export const stamp = () => ({ at: Date.now(), ...known })

/** The time of the service, as well as it is known. @param {number} [at] ms of this phone */
export const instant = (at = Date.now()) => new Date(at + (known.offset ?? 0))

/**
 * When something was written, by the service's clock, and by how much that differs from the phone's.
 *
 * It lies between the answer before it and now. A clock that is right now may have been put right since: what was known
 * when it was written counts. One that is wrong now counts as wrong then.
 * @param {Stamp} stamp @param {{offset: number, now: number}} [sending]
 * @returns {{at: Date, offset_s: number}}
 */
export function settle({ at, offset, heard }, sending = { offset: known.offset ?? 0, now: instant().getTime() }) {
  const then = offset ?? sending.offset
  const likely = sending.offset === 0 ? [then, 0] : [sending.offset, then]
  const fits = (by) => at + by >= heard - TRUSTED_MS && at + by <= sending.now + TRUSTED_MS
  const by = likely.find(fits) ?? likely[0]
  const put = Math.min(Math.max(at + by, heard), Math.max(sending.now, heard))
  return { at: new Date(put), offset_s: Math.round((put - at) / 1000) }
}

/** That this clock is wrong, in words; blank while it is right. */
export function clockSaid() {
  const offset = known.offset ?? 0
  return offset ? say(offset > 0 ? 'clock.slow' : 'clock.fast', { n: span(Math.abs(offset)) }) : ''
}
