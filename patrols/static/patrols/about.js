/** What the service has open about this worker, plainly: what it did not receive, and what that may come from. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { ground } from './mine.js'
import { metres } from './position.js'
import { clock, config, isOffline, on, say } from './state.js'

const EVERY_MS = 120_000

/** @type {any[]} */
let rows = []

export function beginAbout() {
  on('mine', () => {
    rows = ground.told?.alerts ?? []
    show()
  })
  setInterval(ask, EVERY_MS)
  document.addEventListener('visibilitychange', ask)
}

async function ask() {
  if (document.hidden || isOffline()) return
  try {
    rows = (await call(config.urls.alerts, { query: { state: 'open', worker: config.user } })).results
    show()
  } catch (error) {
    // What was known stays; the strip says that the network is away.
    console.info(String(error))
  }
}

function words({ kind, facts }) {
  if (kind === 'out_of_grid') return say('about.out_of_grid', { time: clock(facts.since), m: metres(facts.distance_m) })
  if (kind === 'late_start') return say('about.late_start', { time: clock(facts.due_at) })
  return facts.last_fix_at ? say('about.no_signal', { time: clock(facts.last_fix_at) }) : say('about.never')
}

function show() {
  byId('about').hidden = !rows.length
  byId('about').replaceChildren(...rows.map((one) => make('li', {}, words(one))))
}
