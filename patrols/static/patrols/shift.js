/** The shift: begun and ended by hand, its track recorded while this page is open, and honest about that. */

import { byId } from 'gis/page.js'
import { uuid } from 'report/uuid.js'
import { addFix, countFixes, deviceName, track } from './fixes.js'
import { add, drain, outbox } from './outbox.js'
import { here } from './position.js'
import { stamp } from './clock.js'
import { close } from './panels.js'
import { setSheet } from './sheet.js'
import { config, on, say, span, tell } from './state.js'
import { keep, kept } from './store.js'

// One fix in ten seconds shows a street; more would only empty the battery.
const EVERY_MS = 10_000
const SEND_FROM = 60
// A start is in the outbox by then.
const SETTLES_MS = 10_000

/** @type {{key: string, since: number} | null} */
export let shift = null
let lastMs = 0
/** @type {any} */
let lock = null

export async function beginShift() {
  shift = (await kept(`shift:${config.user}`)) ?? null
  await countFixes()
  byId('shift-go').addEventListener('click', () => (shift ? end() : start()))
  byId('shift-said').addEventListener('click', () => {
    close()
    setSheet('full')
    byId('shift-title').scrollIntoView()
    byId('shift-go').focus()
  })
  on('here', record)
  on('outbox', followStart)
  document.addEventListener('visibilitychange', () => { if (!document.hidden) hold() })
  setInterval(show, 20_000)
  await hold()
  show()
}

/** A start that was refused and discarded was none. */
function followStart() {
  const isNew = shift && Date.now() - shift.since < SETTLES_MS
  if (shift && !isNew && outbox.loaded && !outbox.items.some((one) => one.key === shift?.key)) set(null)
  else show()
}

/** @param {{key: string, since: number} | null} to */
async function set(to) {
  shift = to
  await keep(`shift:${config.user}`, to ?? undefined)
  await hold()
  show()
  tell('shift')
}

async function start() {
  const key = uuid()
  const since = Date.now()
  await set({ key, since })
  await add({ kind: 'shift_start', key, title: say('shift.start'), url: config.urls.shifts, stamp: { ...stamp(), at: since }, when: 'started_at', marks: true, body: { device: await deviceName() } })
  record()
}

async function end() {
  const key = shift?.key ?? ''
  await set(null)
  await add({ kind: 'shift_end', title: say('shift.end'), after: key, url: `${config.urls.shifts}/ID/end`, when: 'ended_at', marks: true, body: {} })
}

async function record() {
  const fix = here.fix
  if (!shift || !fix || fix.at - lastMs < EVERY_MS || fix.at < shift.since) return
  lastMs = fix.at
  await addFix({ ...stamp(), at: fix.at }, {
    // A tenth of a metre and no more: what is sent all day long is paid for.
    lon: round(fix.lon, 6), lat: round(fix.lat, 6), datum: 'wgs84', accuracy_m: round(fix.accuracy, 1),
    ...known({ speed: round(fix.speed, 1), heading: round(fix.heading, 0), battery: await battery() }),
  })
  if (track.waiting >= SEND_FROM) drain()
}

/** @param {number | null} value @param {number} digits */
const round = (value, digits) => (value == null ? null : Number(value.toFixed(digits)))

/** @param {Record<string, number | null>} values */
const known = (values) => Object.fromEntries(Object.entries(values).filter(([, value]) => value != null))

/** Percent, where the browser tells. @returns {Promise<number | null>} */
async function battery() {
  const told = await /** @type {any} */ (navigator).getBattery?.().catch(() => null)
  return told ? Math.round(told.level * 100) : null
}

/** The screen stays on while a shift runs: a page that is not seen gets no position. */
async function hold() {
  if (!shift) {
    await lock?.release()
    lock = null
  } else if (!document.hidden && (!lock || lock.released)) {
    lock = await /** @type {any} */ (navigator).wakeLock?.request('screen').catch(() => null)
    lock?.addEventListener('release', show)
  }
}

function show() {
  const refused = outbox.items.some((one) => one.key === shift?.key && one.state === 'failed')
  byId('shift-said').textContent = shift ? say(refused ? 'shift.refused' : 'shift.on', { n: span(Date.now() - shift.since) }) : say('shift.off')
  byId('shift-go').textContent = say(shift ? 'shift.end' : 'shift.start')
  byId('shift-word').textContent = say('shift.word')
  byId('lock-said').textContent = shift ? say(lock && !lock.released ? 'lock.on' : 'lock.off') : ''
}
