/** The live patrol map: marks and rows of the same people and alerts, and how old they are. */

import { byId, make } from 'gis/page.js'
import { drawList } from './list.js'
import { beginMap, drawPeople, flyTo, outline } from './map.js'
import { beginReading } from './reading.js'
import { alertsShown, config, live, number, say } from './state.js'

// Two rounds without an answer.
const OLD_S = 75
const to = { chooseAlert, choosePerson, reread: () => reading.soon() }

function draw() {
  drawList(to)
  drawPeople()
  outline()
  showAge()
}

function showAge() {
  const line = byId('age')
  const s = Math.max(0, Math.round((Date.now() - live.readAt) / 1000))
  const words = () => {
    if (live.phase === 'signed_out') return say('data.signed_out')
    if (!live.readAt) return say(live.phase === 'loading' ? 'data.loading' : 'data.failed')
    if (live.phase === 'offline') return say('data.offline', { n: number(s) })
    return say(live.phase === 'failed' || s > OLD_S ? 'data.old' : 'data.fresh', { n: number(s) })
  }
  const isBad = live.phase !== 'loading' && (live.phase !== 'ready' || s > OLD_S)
  line.classList.toggle('bad', isBad)
  const signIn = live.phase === 'signed_out' ? [' ', make('a', { href: config.urls.login }, say('sign_in'))] : []
  line.replaceChildren(words(), ...signIn)
  // Told aloud once when it turns bad, not every second.
  const told = isBad ? live.phase : ''
  if (byId('bad-news').dataset.told !== told) {
    byId('bad-news').dataset.told = told
    byId('bad-news').textContent = isBad ? words() : ''
  }
}

/** @param {number} id */
function chooseAlert(id) {
  const isAgain = live.alert === id
  live.alert = isAgain ? null : id
  live.worker = isAgain ? null : (live.alerts.find((one) => one.id === id)?.worker ?? null)
  draw()
  if (!isAgain) flyTo()
}

/** @param {string} worker */
function choosePerson(worker) {
  const isAgain = live.worker === worker
  live.worker = isAgain ? null : worker
  live.alert = isAgain ? null : (alertsShown().find((one) => one.worker === worker)?.id ?? null)
  draw()
  if (!isAgain) flyTo()
}

/** A mark that is clicked leads to its row. @param {string} worker */
function chooseMark(worker) {
  live.worker = worker
  live.alert = alertsShown().find((one) => one.worker === worker)?.id ?? null
  show(live.alert === null ? 'people' : 'alerts')
  draw()
  document.querySelector('.rows:not([hidden]) li.chosen')?.scrollIntoView({ block: 'nearest' })
}

/** @param {'alerts' | 'people'} which */
function show(which) {
  for (const name of ['alerts', 'people']) {
    byId(name).hidden = name !== which
    byId(`count-${name}`).setAttribute('aria-pressed', String(name === which))
  }
}

/** Arrows go from row to row. @param {KeyboardEvent} event */
function step(event) {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
  const rows = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.rows:not([hidden]) .row'))]
  const at = rows.indexOf(/** @type {HTMLElement} */ (document.activeElement))
  if (at < 0) return
  event.preventDefault()
  rows[at + (event.key === 'ArrowDown' ? 1 : -1)]?.focus()
}

for (const name of /** @type {const} */ (['subdistrict', 'kind'])) {
  byId(`by-${name}`)?.addEventListener('change', (event) => {
    live[name] = /** @type {HTMLSelectElement} */ (event.target).value
    draw()
  })
}
for (const name of /** @type {const} */ (['alerts', 'people'])) {
  byId(`count-${name}`).addEventListener('click', () => { show(name); draw() })
  byId(name).addEventListener('keydown', step)
}
beginMap(chooseMark)
const reading = beginReading(draw)
setInterval(showAge, 1000)
// Ages are by the minute.
setInterval(draw, 60_000)
showAge()
