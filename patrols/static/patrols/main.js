/** The phone of a grid worker. Everything begins from what is kept here; the network only makes it newer. */

import { byId, make } from 'gis/page.js'
import { icon } from 'report/icon.js'
import { beginAbout } from './about.js'
import { beginClock, clockSaid } from './clock.js'
import { beginMine, ground } from './mine.js'
import { beginNext } from './next.js'
import { beginOutbox } from './outbox.js'
import { beginPanels, opened } from './panels.js'
import { beginPosition } from './position.js'
import { beginQueue } from './queue.js'
import { beginReport } from './report.js'
import { beginShift } from './shift.js'
import { beginRoute } from './route.js'
import { beginSheet } from './sheet.js'
import { beginSpot } from './spot.js'
import { beginSpots } from './spots.js'
import { beginStale } from './stale.js'
import { config, on, say } from './state.js'
import { forgetOthers } from './store.js'
import { beginTask } from './task.js'
import { beginTasks, tasks } from './tasks.js'
import { whereAmI } from './where.js'

function showGround() {
  const told = ground.told
  if (!told) return
  byId('grid-name').textContent = told.grids.map((one) => one.name).join('、')
  byId('who').textContent = say('who', { name: told.worker.name, place: told.place.name })
  byId('stations').replaceChildren(...told.stations.map((one) => make('li', {}, make('span', { class: 'star', 'aria-hidden': 'true' }, '★'), one.name)))
  byId('credit').textContent = [told.attribution, told.review_number && say('review', { number: told.review_number }), told.notice].filter(Boolean).join(' · ')
}

function showPlace() {
  const { said, words } = whereAmI()
  const line = byId('fix-said')
  line.className = said === 'inside' ? 'quiet' : 'amber'
  // Outside, the line under the name says it, open or not.
  line.textContent = said === 'outside' ? '' : words
  byId('grid-sub').textContent = said === 'outside' ? words : say('tasks.count', { n: tasks().rows.length })
  byId('grid-sub').classList.toggle('away', said === 'outside')
}

/** Whoever signs out leaves no ground and no tasks on the phone; what has yet to be sent stays. */
function beginLeaving() {
  const form = /** @type {HTMLFormElement} */ (byId('sign-out'))
  form.addEventListener('submit', async (event) => {
    if (!navigator.onLine) return
    event.preventDefault()
    await forgetOthers('')
    await caches?.delete('patrol-page')
    form.submit()
  })
}

/** A list where there can be no map, or where nothing could be kept for it. */
async function beginPicture() {
  const { beginMap, canDraw } = await import('./map.js')
  if (canDraw()) beginMap()
  else {
    document.body.classList.add('listed')
    byId('map').setAttribute('aria-busy', 'false')
    byId('map').hidden = true
    byId('handle').hidden = true
    byId('spoken').textContent = say('listed')
  }
}

function beginWorker() {
  if (!('serviceWorker' in navigator)) return
  const before = navigator.serviceWorker.controller
  navigator.serviceWorker.register(config.worker, { scope: config.scope }).catch((error) => console.warn(String(error)))
  navigator.serviceWorker.ready.then(({ active }) => { if (!navigator.serviceWorker.controller) active?.postMessage('claim') })
  // Another version of the files is there: the page begins anew, but not under somebody's hands.
  navigator.serviceWorker.addEventListener('controllerchange', () => { if (before && !opened().name) location.reload() })
}

async function begin() {
  on('mine', showGround)
  for (const name of ['mine', 'tasks', 'here']) on(/** @type {any} */ (name), showPlace)
  on('clock', () => { byId('clock-said').textContent = clockSaid() })
  beginSheet()
  beginLeaving()
  beginAbout()
  // So that the browser does not clear it away when room is short.
  navigator.storage?.persist?.()
  beginPosition()
  await forgetOthers(config.user)
  await beginClock()
  byId('clock-said').textContent = clockSaid()
  beginQueue()
  beginTask()
  beginSpot()
  beginRoute()
  await beginReport()
  await beginShift()
  await beginOutbox()
  await beginMine()
  await beginTasks()
  await beginSpots()
  await beginStale()
  await beginNext()
  beginPanels()
  await beginPicture()
}

beginWorker()
begin().catch((error) => {
  console.warn(String(error))
  byId('band').hidden = false
  byId('band').replaceChildren(icon('warn'), say('no_store'))
})
