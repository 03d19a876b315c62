/**
 * What waits to be sent. An item is frozen with its key before it is sent, so that a lost answer, a killed tab or
 * a second tab asks again for the same thing. Oldest first, one at a time, one sender among all tabs.
 */

import { Refused, Unanswered, call, inWords, signInWord, upload } from 'gis/api.js'
import { uuid } from 'report/uuid.js'
import { settle, stamp } from './clock.js'
import { config, hear, say, tell } from './state.js'
import { sendFixes, track } from './fixes.js'
import { within } from './store.js'

const WAITS_S = [4, 8, 20, 60]
const KEEP_SENT_MS = 3 * 86_400_000
// The service keeps a picture that nothing takes up for 24 hours.
const STALE_MS = 20 * 3600 * 1000
const MOST_MENDS = 2
// Who is signed in cannot have changed while the word of the sign-in is the same; asked again now and then anyway.
const KNOWN_MS = 10 * 60_000

/**
 * @typedef {{blob: Blob, field: string, id: string | null, sentAt: number}} Picture
 * `when` names the field of the body that says when it was written; `marks` says that the body tells by how much the clock
 * was put right as well.
 * @typedef {{order: number, key: string, who: string, kind: 'report' | 'action' | 'visit' | 'shift_start' | 'shift_end', title: string,
 *   url: string, body: any, photos: Picture[], thumb: string, after: string | null, about: string | null,
 *   made_at: number, stamp: import('./clock.js').Stamp, when: string, marks: boolean, state: 'waiting' | 'failed' | 'sent', tried: boolean, mends: number, why: string, sentAt: number, told: any}} Item
 */

/** @type {{items: Item[], others: number, loaded: boolean, sending: boolean, signedOut: boolean}} */
export const outbox = { items: [], others: 0, loaded: false, sending: false, signedOut: false }

/** @param {Item} item */
const put = (item) => within(['outbox'], 'readwrite', (t) => t.objectStore('outbox').put(item))

export async function load() {
  /** @type {Item[]} */
  const all = await within(['outbox'], 'readonly', (t) => t.objectStore('outbox').getAll())
  outbox.items = all.filter((one) => one.who === config.user)
  outbox.others = all.filter((one) => one.who !== config.user && one.state !== 'sent').length
  outbox.loaded = true
  tell('outbox')
}

/** @param {Partial<Item> & {kind: Item['kind'], title: string, url: string, body: any}} item */
export async function add(item) {
  const whole = {
    key: uuid(), who: config.user, photos: [], thumb: '', after: null, about: null, made_at: Date.now(),
    stamp: stamp(), when: '', marks: false, state: 'waiting', tried: false, mends: 0, why: '', sentAt: 0, told: null, ...item,
  }
  await within(['outbox'], 'readwrite', (t) => t.objectStore('outbox').add(whole))
  await load()
  drain()
  return whole.key
}

/** Only what the service refused may be taken away or written anew. @param {Item} item */
export async function discard(item) {
  await within(['outbox'], 'readwrite', (t) => t.objectStore('outbox').delete(item.order))
  await load()
}

/** What was refused, once more or otherwise: a new key, because it is another request. @param {Item} item @param {Partial<Item>} [values] */
export async function again(item, values = {}) {
  await put({ ...item, ...values, key: uuid(), state: 'waiting', tried: false, mends: 0, why: '' })
  await load()
  drain()
}

/** @type {Promise<void> | null} */
let running = null
// Somebody asked while it ran, perhaps just after it had looked for the last time.
let wanted = false
let failures = 0
let timer = 0

/** Send what waits. Whoever asks while it runs has it run once more. */
export function drain() {
  clearTimeout(timer)
  wanted = running != null
  running ??= alone(run).catch((error) => console.warn(String(error))).finally(() => {
    running = null
    outbox.sending = false
    load()
    if (wanted) drain()
  })
  return running
}

/** One sender among all tabs. @param {() => Promise<void>} work */
const alone = (work) => (navigator.locks ? navigator.locks.request('wangge-patrol-outbox', work) : work())

async function run() {
  if (!navigator.onLine) return
  await load()
  const waits = outbox.items.some((one) => one.state === 'waiting') || track.waiting > 0
  if (!waits || !(await isMe())) return
  for (;;) {
    await load()
    const item = outbox.items.find((one) => one.state === 'waiting')
    if (!item) break
    outbox.sending = true
    tell('outbox')
    if (!(await sendOne(item))) return
  }
  // A track without its shift would be refused, row by row.
  if (!outbox.items.some((one) => one.kind === 'shift_start' && one.state === 'failed')) await sendFixes(later)
  if (!track.waiting) failures = 0
}

/** @type {Promise<boolean> | null} */
let asking = null
let known = { word: '', until: 0 }

/** Whether who is signed in is who this page is for: it may be older than the session. Asked once by all who want to know. */
export async function isMe() {
  if (!outbox.signedOut && known.word && known.word === signInWord() && Date.now() < known.until) return true
  asking ??= askWho().finally(() => { asking = null })
  return asking
}

async function askWho() {
  try {
    await call(config.urls.me)
    outbox.signedOut = false
    known = { word: signInWord(), until: Date.now() + KNOWN_MS }
    hear(true)
  } catch (error) {
    later(error)
    return false
  }
  return true
}

/** The session is over: nothing more goes out until somebody signs in. @param {unknown} error @returns {boolean} whether it was that */
export function isSessionOver(error) {
  if (!(error instanceof Refused && error.status === 401)) return false
  outbox.signedOut = true
  tell('outbox')
  return true
}

/** @param {Item} item @returns {Promise<boolean>} whether the next one may go */
async function sendOne(item) {
  try {
    const url = addressOf(item)
    if (!url) {
      await put({ ...item, state: 'failed', why: say('after.failed') })
      return true
    }
    for (const photo of item.photos) {
      if (photo.id && (item.tried || Date.now() - photo.sentAt < STALE_MS)) continue
      const { id } = await upload(config.urls.photos, photo.blob, () => {})
      Object.assign(photo, { id, sentAt: Date.now() })
      await put(item)
    }
    if (!item.tried) Object.assign(item, { tried: true, body: { ...item.body, ...timeOf(item) } })
    await put(item)
    const told = await call(url, { body: { ...item.body, ...ids(item) }, key: item.key })
    await put({ ...item, state: 'sent', photos: [], sentAt: Date.now(), told })
    failures = 0
    hear(true)
    tell('sent')
    return true
  } catch (error) {
    return judge(item, error)
  }
}

/** Where it goes; what follows another needs the number that the other was given. @param {Item} item */
function addressOf(item) {
  if (!item.after) return item.url
  const id = outbox.items.find((one) => one.key === item.after)?.told?.id
  return id ? item.url.replace('ID', encodeURIComponent(id)) : null
}

/** When it was written, by the service's clock: settled once, as the rest of the body. @param {Item} item */
function timeOf(item) {
  if (!item.when) return {}
  const { at, offset_s } = settle(item.stamp)
  return { [item.when]: at.toISOString(), ...(item.marks ? { clock_offset_s: offset_s } : {}) }
}

/** @param {Item} item @returns {Record<string, string[]>} */
function ids(item) {
  /** @type {Record<string, string[]>} */
  const found = {}
  for (const { field, id } of item.photos) (found[field] ??= []).push(/** @type {string} */ (id))
  return found
}

/** @param {Item} item @param {unknown} error @returns {Promise<boolean>} */
async function judge(item, error) {
  if (!(error instanceof Refused) || [401, 408, 429].includes(error.status)) {
    later(error)
    return false
  }
  const lost = item.photos.some((photo) => error.reasons.some((one) => one.field?.startsWith(photo.field)))
  if (lost && item.photos.every((photo) => photo.id) && item.mends < MOST_MENDS) {
    const photos = item.photos.map((photo) => ({ ...photo, id: null }))
    await put({ ...item, photos, key: uuid(), tried: false, mends: item.mends + 1 })
    return true
  }
  await put({ ...item, state: 'failed', why: error.reasons.map(inWords).join(' ') || say('refused', { status: error.status }) })
  return true
}

/** @param {unknown} error */
function later(error) {
  if (isSessionOver(error)) return
  if (error instanceof Unanswered) hear(false)
  const asked = error instanceof Refused ? error.waitS : 0
  const waitS = asked || WAITS_S[Math.min(failures, WAITS_S.length - 1)]
  failures += 1
  timer = setTimeout(drain, waitS * 1000)
}

export async function beginOutbox() {
  addEventListener('online', () => { tell('outbox'); drain() })
  addEventListener('offline', () => tell('outbox'))
  document.addEventListener('visibilitychange', () => { if (!document.hidden) drain() })
  setInterval(drain, 60_000)
  await load()
  for (const item of outbox.items) if (item.state === 'sent' && Date.now() - item.sentAt > KEEP_SENT_MS) await discard(item)
  drain()
}
