/** The track on this phone: fixes wait in order until the service has them; what it refuses is counted by reason. */

import { Refused, call } from 'gis/api.js'
import { uuid } from 'report/uuid.js'
import { settle } from './clock.js'
import { config, hear, tell } from './state.js'
import { keep, kept, within } from './store.js'

const BATCH = 60
// The shift is sent before the track: a fix that is in no shift after this many tries never was in one.
const MOST_TRIES = 3

/** @type {{waiting: number, refused: Record<string, number>}} */
export const track = { waiting: 0, refused: {} }
let device = ''

/** @returns {Promise<string>} the name of this phone, made once */
export async function deviceName() {
  device ||= (await kept('device')) ?? ''
  if (!device) {
    // One person's phones are few: eight digits keep them apart, and go with every position.
    device = `web-${uuid().slice(0, 8)}`
    await keep('device', device)
  }
  return device
}

/** The first and the last one of this person. */
const mine = () => IDBKeyRange.bound([config.user, 0], [config.user, Number.MAX_SAFE_INTEGER])

export async function countFixes() {
  track.waiting = await within(['fixes'], 'readonly', (t) => t.objectStore('fixes').count(mine()))
  track.refused = (await kept(`refused:${config.user}`)) ?? {}
  tell('outbox')
}

/** Keep a fix under the next number of this phone. @param {import('./clock.js').Stamp} stamp @param {any} fix */
export async function addFix(stamp, fix) {
  const from = await deviceName()
  await within(['kept', 'fixes'], 'readwrite', (t) => {
    const last = t.objectStore('kept').get('sequence')
    last.onsuccess = () => {
      const sequence = (last.result ?? 0) + 1
      t.objectStore('kept').put(sequence, 'sequence')
      t.objectStore('fixes').put({ who: config.user, sequence, tries: 0, stamp, fix: { device: from, sequence, ...fix } })
    }
    return last
  })
  await countFixes()
}

/** Send the track, oldest first. @param {(error: unknown) => void} later */
export async function sendFixes(later) {
  for (;;) {
    const rows = await within(['fixes'], 'readonly', (t) => t.objectStore('fixes').getAll(mine(), BATCH))
    if (!rows.length) return
    await setTimes(rows)
    let told
    try {
      told = await call(config.urls.fixes, { body: rows.map((row) => row.fix) })
    } catch (error) {
      // Refused as a whole: nothing is known of the rows, and they stay until a later version is better.
      if (!(error instanceof Refused) || [401, 429].includes(error.status)) later(error)
      return
    }
    hear(true)
    const unknown = await take(rows, told.refused ?? [])
    if (unknown === rows.length) return
  }
}

/** When they were, by the service's clock: settled once, and kept before they are sent. @param {any[]} rows */
async function setTimes(rows) {
  const fresh = rows.filter((row) => !row.fix.time)
  if (!fresh.length) return
  for (const row of fresh) row.fix.time = settle(row.stamp).at.toISOString()
  await within(['fixes'], 'readwrite', (t) => { for (const row of fresh) t.objectStore('fixes').put(row) })
}

/** @param {any[]} rows @param {{sequence: number, reason: string}[]} refused @returns {Promise<number>} how many stay */
async function take(rows, refused) {
  const reasons = new Map(refused.map((one) => [one.sequence, one.reason]))
  const stays = (row) => reasons.get(row.sequence) === 'shift_unknown' && row.tries + 1 < MOST_TRIES
  const counts = { ...track.refused }
  for (const row of rows) {
    const reason = reasons.get(row.sequence)
    if (reason && !stays(row)) counts[reason] = (counts[reason] ?? 0) + 1
  }
  await within(['fixes', 'kept'], 'readwrite', (t) => {
    for (const row of rows) {
      if (stays(row)) t.objectStore('fixes').put({ ...row, tries: row.tries + 1 })
      else t.objectStore('fixes').delete([row.who, row.sequence])
    }
    t.objectStore('kept').put(counts, `refused:${config.user}`)
  })
  await countFixes()
  return rows.filter(stays).length
}
