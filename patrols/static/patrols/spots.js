/** Places that are visited on a rhythm: what is due in my grid, and ticking it off from where it is. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { icon } from 'report/icon.js'
import { M_PER_DEGREE, acrossAt } from './ground.js'
import { add, isMe, outbox } from './outbox.js'
import { close, open } from './panels.js'
import { fresh, here, metres } from './position.js'
import { clock, config, instant, on, say, span, tell } from './state.js'
import { keep, kept } from './store.js'

const URGENT = { overdue: 0, never: 1, due: 2, ok: 3 }
const LOOKS = { overdue: 'red', never: '', due: 'amber', ok: '' }
const LISTED = 12
const PAGE = 500
const panel = byId('spot')

/** @type {{rows: any[], at: number}} */
export let spots = { rows: [], at: 0 }
let stale = false

export async function beginSpots() {
  const before = await kept(`spots:${config.user}`)
  // A former release of this page may have kept an answer of another shape.
  if (Array.isArray(before?.rows)) spots = before
  on('tasks', (value) => { if (value === 'stale') stale = true })
  on('outbox', () => {
    show()
    if (stale && !outbox.sending) refresh()
  })
  on('panel', ({ name, about }) => { if (name === 'spot') form(about) })
  addEventListener('online', refresh)
  setInterval(refresh, 600_000)
  show()
  refresh()
}

async function refresh() {
  stale = false
  if (!navigator.onLine || !(await isMe())) return
  try {
    spots = { rows: await all(), at: Date.now() }
    await keep(`spots:${config.user}`, spots)
  } catch {
    // What is kept is shown.
  }
  show()
}

/** Every place of my own grids, page by page: none is kept until all are here. */
async function all() {
  const rows = []
  for (let page = 1; ; page += 1) {
    const told = await call(`${config.urls.spots}?page=${page}&page_size=${PAGE}`)
    rows.push(...told.results)
    if (!told.next) return rows
  }
}

/** Ticked off on this phone, and not sent yet. @param {any} one */
const pending = (one) => outbox.items.some((item) => item.about === `spot:${one.id}` && item.state === 'waiting')

/** Metres from where this phone is; null when nobody knows. @param {any} one */
export function away(one) {
  const fix = fresh()
  if (!fix) return null
  return Math.hypot((fix.lon - one.lon) * acrossAt(one.lat), (fix.lat - one.lat) * M_PER_DEGREE)
}

/** The most pressing first, then the nearest. */
function sorted() {
  return spots.rows.filter((one) => one.state !== 'ok' || pending(one))
    .sort((a, b) => URGENT[a.state] - URGENT[b.state] || (away(a) ?? 0) - (away(b) ?? 0) || a.id - b.id)
}

/** How late it is, or why it stands here. @param {any} one */
function due(one) {
  const late = instant().getTime() - Date.parse(one.due_at)
  return one.state === 'overdue' ? make('span', { class: 'left red' }, span(late), make('small', {}, say('spot.overdue')))
    : make('span', { class: `left ${LOOKS[one.state]}` }, say(`spot.${one.state}`))
}

function show() {
  const rows = sorted()
  const most = rows.slice(0, LISTED)
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.spot
  byId('spots-count').textContent = spots.at ? say('spots.count', { n: rows.filter((one) => !pending(one)).length, all: spots.rows.length }) : ''
  byId('spots').replaceChildren(...most.map((one) => {
    const far = away(one)
    return make('li', {}, due(one),
      make('span', { class: 't' }, make('b', {}, one.name), make('span', {}, [one.type_name, one.address, far == null ? '' : metres(far)].filter(Boolean).join(' · '))),
      pending(one) ? make('span', { class: 'quiet' }, say('spot.waits')) : make('button', { type: 'button', class: 'act', 'data-spot': one.id, 'aria-label': say('spot.open', { title: one.name }), onclick: () => open('spot', String(one.id)) }, say('spot.do')))
  }))
  if (rows.length > LISTED) byId('spots').append(make('li', { class: 'none' }, say('spots.more', { n: rows.length - LISTED })))
  if (!rows.length) byId('spots').append(make('li', { class: 'none' }, say(spots.at ? 'spots.none' : 'spots.unknown')))
  if (focused) byId('spots').querySelector(`[data-spot="${CSS.escape(focused)}"]`)?.focus()
  tell('spots')
}

/** @param {string} id */
function form(id) {
  const one = spots.rows.find((row) => String(row.id) === id)
  if (!one) return close()
  const note = /** @type {HTMLTextAreaElement} */ (make('textarea', { rows: 3, maxlength: 500, id: 'spot-note' }))
  const wrong = make('p', { class: 'wrong', role: 'alert', hidden: true })
  const last = one.last_visit_at ? say('spot.last', { when: `${new Date(one.last_visit_at).toLocaleDateString(config.language)} ${clock(one.last_visit_at)}` }) : say('spot.no_last')
  panel.replaceChildren(
    make('header', { class: 'head' }, make('button', { type: 'button', class: 'icon-button', 'aria-label': say('back'), onclick: close }, icon('back')), make('h2', { id: 'spot-title', tabindex: -1 }, one.name)),
    make('form', { class: 'body fields', novalidate: true, onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); tick(one, note.value.trim(), wrong) } },
      make('p', { class: 'quiet' }, [one.type_name, one.address, say('spot.every', { n: one.every_days })].filter(Boolean).join(' · ')),
      make('p', {}, last), place(one),
      make('label', { class: 'field' }, say(isAway(one) ? 'spot.why' : 'spot.note'), note),
      wrong, make('button', { class: 'primary wide' }, say('spot.do'))))
  byId('spot-title').focus()
}

/** Too far to be there, even by the circle of accuracy. @param {any} one */
function isAway(one) {
  const far = away(one)
  return far != null && far > one.radius_m + (fresh()?.accuracy ?? 0)
}

/** @param {any} one */
function place(one) {
  const far = away(one)
  if (far == null) return make('p', { class: 'amber' }, here.problem || say('fix.waiting'))
  return make('p', { class: isAway(one) ? 'amber' : 'quiet' }, say(isAway(one) ? 'spot.away' : 'spot.here', { n: metres(far) }))
}

/** @param {any} one @param {string} note @param {HTMLElement} wrong */
async function tick(one, note, wrong) {
  const fix = fresh()
  const word = !fix ? 'spot.no_fix' : isAway(one) && !note ? 'spot.must_say' : ''
  wrong.hidden = !word
  wrong.textContent = word && say(word)
  if (word || !fix) return
  const body = { spot: one.id, at: instant().toISOString(), lon: fix.lon, lat: fix.lat, datum: 'wgs84', accuracy_m: fix.accuracy, ...(note ? { note } : {}) }
  await add({ kind: 'visit', title: `${say('spot.do')} · ${one.name}`, url: config.urls.visits, about: `spot:${one.id}`, body })
  byId('spoken').textContent = say('queued')
  close()
}
