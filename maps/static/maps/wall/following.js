/** Following what happens: the live stream, and what the header says of it. */

import { byId } from 'gis/page.js'
import { listen } from 'gis/live.js'

const RECEIVED = 'report.received'
// What is done to a case, or runs out, changes figures and marks; only a new report is pointed at.
const CHANGES = ['incident.changed', 'incident.overdue']
// Ages of what is shown change by the minute, whether anything comes or not.
const FRESHEN_MS = 60_000

/**
 * @param {any} config
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string}} speak
 * @param {{arrived: (told: any) => void, changed: () => void, refresh: () => void, at: () => Date | null,
 *   figuresAt: () => Date | null, clock: {time: (date: Date) => string},
 *   trouble: (what: string, then?: string) => void}} wall
 */
export function follow(config, { say, number }, wall) {
  const sign = byId('live')
  let state = 'connecting'
  let told = false

  /** @param {string} kind @param {string} text */
  const show = (kind, text) => {
    sign.dataset.state = kind
    sign.lastElementChild.textContent = text
  }
  const tell = () => {
    if (wall.at()) return show('replay', say('replay'))
    if (state === 'live') return show('live', say('live', { n: number(live.age()) }))
    show(state, say(state === 'ended' ? 'ended' : state === 'connecting' ? 'connecting' : 'reconnecting'))
  }
  /** Bad news in the header says how old the figures are, and goes when they are new again. */
  const warn = () => {
    const bad = !wall.at() && (state === 'reconnecting' || state === 'stale')
    const at = wall.figuresAt()
    if (bad && at && live.age() > 5) {
      wall.trouble(say('stale', { time: wall.clock.time(at), n: number(Math.floor(live.age() / 60)) }), say('reconnecting'))
      told = true
    } else if (told && !bad) {
      wall.trouble('')
      told = false
    }
  }
  const live = listen(`${config.urls.stream}?place=${encodeURIComponent(config.place)}`, [RECEIVED, ...CHANGES], {
    onEvent: (topic, data) => (topic === RECEIVED ? wall.arrived(data) : wall.changed()),
    onReset: wall.refresh,
    onState: (next) => {
      if (next === 'live' && state !== 'connecting') wall.refresh()
      state = next
      tell()
    },
  })
  setInterval(() => { tell(); warn() }, 1000)
  setInterval(() => { if (!wall.at()) wall.refresh() }, FRESHEN_MS)
}
