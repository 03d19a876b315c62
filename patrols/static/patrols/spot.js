/** One place: what was recorded of it, and ticking it off from where it is. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { icon } from 'report/icon.js'
import { add } from './outbox.js'
import { close, opened } from './panels.js'
import { photosField } from './photos.js'
import { fresh, here, metres } from './position.js'
import { away, spots } from './spots.js'
import { clock, config, isOffline, on, say, span } from './state.js'

const PAST = 5
const MOST_PHOTOS = 4
const panel = byId('spot')
/** @type {{show: () => void} | null} */
let shown = null

export function beginSpot() {
  on('panel', ({ name, about }) => {
    shown = null
    if (name === 'spot') form(about)
    else panel.replaceChildren()
  })
  // One walks nearer while the form is open.
  on('here', () => shown?.show())
}

/** @param {string} moment */
const when = (moment) => `${new Date(moment).toLocaleDateString(config.language, { month: 'numeric', day: 'numeric' })} ${clock(moment)}`

/** @param {string} id */
function form(id) {
  const one = spots().rows.find((row) => String(row.id) === id)
  if (!one) return close()
  const note = /** @type {HTMLTextAreaElement} */ (make('textarea', { rows: 2, maxlength: 500, id: 'spot-note' }))
  const why = make('span')
  const where = make('p')
  const wrong = make('p', { class: 'wrong', role: 'alert', hidden: true })
  const pictures = photosField({ name: 'photos', label: say('spot.photo'), most: MOST_PHOTOS })
  const past = make('ul', { class: 'past' })
  panel.replaceChildren(
    make('header', { class: 'head' }, make('button', { type: 'button', class: 'icon-button', 'aria-label': say('back'), onclick: close }, icon('back')), make('h2', { id: 'spot-title', tabindex: -1 }, one.name)),
    make('div', { class: 'body' },
      make('p', { class: 'quiet' }, [one.type_name, one.address, say('spot.every', { n: one.every_days })].filter(Boolean).join(' · ')),
      where, pictures.element, make('label', { class: 'field' }, why, note), wrong,
      make('h3', {}, say('spot.past')), make('p', { class: 'quiet' }, one.last_visit_at ? say('spot.last', { when: when(one.last_visit_at) }) : say('spot.no_last')), past),
    make('div', { class: 'foot' }, make('button', { type: 'button', class: 'primary wide', onclick: () => tick(one, note.value.trim(), pictures, wrong) }, say('spot.do'))))
  const show = () => {
    const [words, isFar] = whereSaid(one)
    if (where.textContent !== words) where.textContent = words
    where.className = isFar ? 'amber' : 'quiet'
    why.textContent = say(isAway(one) ? 'spot.why' : 'spot.note')
  }
  shown = { show }
  show()
  byId('spot-title').focus()
  if (!isOffline() && one.last_visit_at) tellPast(one, past)
}

/** The visits before, where the service answers. @param {any} one @param {HTMLElement} past */
async function tellPast(one, past) {
  const told = await call(config.urls.visits, { query: { spot: String(one.id) } }).catch(() => [])
  if (opened().about !== String(one.id)) return
  past.replaceChildren(...told.slice(0, PAST).map((visit) => make('li', {},
    make('span', { class: 't' }, make('b', {}, when(visit.at)),
      make('span', {}, [say(visit.is_here ? 'visit.here' : 'visit.away', { n: metres(visit.distance_m) }), visit.dwell_s == null ? '' : say('visit.dwell', { n: span(visit.dwell_s * 1000) }), visit.note].filter(Boolean).join(' · '))),
    ...visit.photos.map((photo, k) => make('img', { src: `${config.urls.photos}/${photo.id}`, alt: say('photo.named', { n: k + 1 }), loading: 'lazy', width: photo.width, height: photo.height })))))
}

/** Too far to be there, even by the circle of accuracy. @param {any} one */
function isAway(one) {
  const far = away(one)
  return far != null && far > one.radius_m + (fresh()?.accuracy ?? 0)
}

/** @param {any} one @returns {[string, boolean]} */
function whereSaid(one) {
  const far = away(one)
  if (far == null) return [here.problem || say('fix.waiting'), true]
  return isAway(one) ? [say('spot.away', { n: metres(far) }), true] : [say('spot.here', { n: metres(far) }), false]
}

/** @param {any} one @param {string} note @param {ReturnType<typeof photosField>} pictures @param {HTMLElement} wrong */
async function tick(one, note, pictures, wrong) {
  const fix = fresh()
  const word = !fix ? 'spot.no_fix' : isAway(one) && !note ? 'spot.must_say' : ''
  wrong.hidden = !word
  wrong.textContent = word && say(word)
  if (word || !fix) return
  const body = { spot: one.id, lon: fix.lon, lat: fix.lat, datum: 'wgs84', accuracy_m: Math.min(10_000, fix.accuracy), ...(note ? { note } : {}) }
  try {
    await add({ kind: 'visit', title: `${say('spot.do')} · ${one.name}`, url: config.urls.visits, about: `spot:${one.id}`, when: 'at', marks: true, body, photos: pictures.photos, thumb: pictures.thumb() })
  } catch {
    wrong.hidden = false
    wrong.textContent = say('no_store')
    return
  }
  byId('spoken').textContent = say(isOffline() ? 'queued.offline' : 'queued')
  close()
}
