/**
 * Sending. What is to be sent is frozen with its key before the first attempt and kept on the phone, so
 * that a lost answer, a reload or a second tap asks again for the same report, and never makes another.
 */

import { Refused, Unanswered, call } from 'gis/api.js'
import { forgetPhoto, read, write } from './keep.js'
import { sendAgain, sendAll } from './photos.js'
import { clearDraft, config, draft, uuid } from './state.js'

const WAITS_S = [3, 6, 12, 30, 60]

/**
 * @typedef {{key: string, body: any | null, mends: number}} Outbox
 * @typedef {{phase: 'photos', n: number, of: number, share: number} | {phase: 'report'} | {phase: 'offline'}
 *   | {phase: 'failed', retryS: number} | {phase: 'wait', retryS: number}
 *   | {phase: 'refused', reasons: import('gis/api.js').Reason[]} | {phase: 'sent', sent: any}} Phase
 */

/** @type {(phase: Phase) => void} */
let show = () => {}
/** @type {Promise<void> | null} */
let running = null
let failures = 0
let timer = 0

/** @param {(phase: Phase) => void} onPhase */
export function beginSending(onPhase) {
  show = onPhase
  addEventListener('online', () => { if (read('outbox')) attempt() })
  addEventListener('offline', () => { if (read('outbox') && !running) show({ phase: 'offline' }) })
}

/** Whether something waits to be sent, from now or from before a reload. */
export const isWaiting = () => read('outbox') != null

/** Freeze the draft and send it. A second tap finds it frozen already. */
export function send() {
  if (!read('outbox')) write('outbox', { key: uuid(), body: null, mends: 0 })
  return attempt()
}

/** Try, now. */
export function attempt() {
  clearTimeout(timer)
  running ??= run().finally(() => { running = null })
  return running
}

/** Give up what waits; it may have arrived. */
export function drop() {
  clearTimeout(timer)
  finish()
}

async function run() {
  /** @type {Outbox | null} */
  const outbox = read('outbox')
  if (!outbox) return
  if (!navigator.onLine) {
    show({ phase: 'offline' })
    return
  }
  try {
    if (!outbox.body) {
      show({ phase: 'photos', n: 1, of: draft.photos.length, share: 0 })
      await sendAll((n, of, share) => show({ phase: 'photos', n, of, share }))
      outbox.body = bodyOf()
      write('outbox', outbox)
    }
    show({ phase: 'report' })
    const told = await call(config.urls.reports, { body: outbox.body, key: outbox.key })
    const sent = { ...told, hasPhone: Boolean(outbox.body.reporter?.phone) }
    write('sent', sent)
    finish()
    show({ phase: 'sent', sent })
  } catch (error) {
    judge(outbox, error)
  }
}

/** @param {Outbox} outbox @param {unknown} error */
function judge(outbox, error) {
  if (error instanceof Refused && error.status !== 429 && error.status !== 408) {
    refused(outbox, error)
    return
  }
  if (!(error instanceof Refused || error instanceof Unanswered)) console.warn(error)
  if (!navigator.onLine) {
    show({ phase: 'offline' })
    return
  }
  const asked = error instanceof Refused ? error.waitS : 0
  const retryS = asked || WAITS_S[Math.min(failures, WAITS_S.length - 1)]
  failures += 1
  show({ phase: asked ? 'wait' : 'failed', retryS })
  timer = window.setTimeout(attempt, retryS * 1000)
}

/** A refusal leaves its key free. A picture that is not there any more is sent again, once. @param {Outbox} outbox @param {Refused} error */
function refused(outbox, error) {
  const gone = error.reasons.map((reason) => /^photos\[(\d+)\]$/.exec(reason.field ?? '')?.[1]).filter((one) => one != null)
  if (gone.length && outbox.mends < 1) {
    for (const one of gone) sendAgain(Number(one))
    write('outbox', { ...outbox, body: null, mends: outbox.mends + 1 })
    timer = window.setTimeout(attempt, 0)
    return
  }
  write('outbox', null)
  show({ phase: 'refused', reasons: error.reasons })
}

function finish() {
  failures = 0
  for (const photo of draft.photos) forgetPhoto(photo.id)
  write('outbox', null)
  clearDraft()
}

/** The body of the report, from the draft. */
function bodyOf() {
  const at = draft.place
  const words = draft.words.trim() || draft.categoryName
  const said = { name: draft.name, phone: draft.phone, organisation: draft.organisation, credit_code: draft.creditCode }
  const reporter = Object.fromEntries(Object.entries(said).map(([name, text]) => [name, text.trim()]).filter(([, text]) => text))
  const position = at?.lon == null ? {} : { lon: at.lon, lat: at.lat, datum: 'wgs84', ...(at.accuracy ? { accuracy_m: Math.min(at.accuracy, 10_000) } : {}) }
  const photos = draft.photos.map((photo) => photo.server).filter(Boolean)
  return {
    channel: config.channel,
    place: config.place,
    kind: draft.kind,
    ...(draft.category ? { category: draft.category } : {}),
    description: words,
    location: { ...position, ...(at?.address ? { address: at.address } : {}) },
    ...(Object.keys(reporter).length ? { reporter } : {}),
    ...(photos.length ? { photos } : {}),
  }
}
