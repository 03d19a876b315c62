/** Places that are visited on a rhythm: what is due on my ground, and how far the routes have been walked. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { instant } from './clock.js'
import { feed } from './feed.js'
import { M_PER_DEGREE, acrossAt } from './ground.js'
import { outbox } from './outbox.js'
import { open } from './panels.js'
import { fresh, metres } from './position.js'
import { config, on, say, span } from './state.js'

const URGENT = { overdue: 0, never: 1, due: 2, ok: 3 }
const LOOKS = { overdue: 'red', never: '', due: 'amber', ok: '' }
const LISTED = 12
const PAGE = 500

/** @typedef {{rows: any[], routes: any[], at: number}} Spots */
const kept = feed('spots', /** @type {Spots} */ ({ rows: [], routes: [], at: 0 }), async () => ({
  rows: await all(),
  routes: await call(config.urls.routes),
  at: Date.now(),
}))
export const spots = () => kept.value

/** Every place of my own grids, page by page: none is kept until all are here. */
async function all() {
  const rows = []
  for (let page = 1; ; page += 1) {
    const told = await call(`${config.urls.spots}?page=${page}&page_size=${PAGE}`)
    rows.push(...told.results)
    if (!told.next) return rows
  }
}

export async function beginSpots() {
  for (const name of ['spots', 'outbox', 'here']) on(/** @type {any} */ (name), show)
  await kept.begin(600_000)
}

/** Ticked off on this phone, and not sent yet. @param {number} id */
export const pending = (id) => outbox.items.some((item) => item.about === `spot:${id}` && item.state === 'waiting')

/** Metres from where this phone is; null when nobody knows. @param {any} one */
export function away(one) {
  const fix = fresh()
  if (!fix) return null
  return Math.hypot((fix.lon - one.lon) * acrossAt(one.lat), (fix.lat - one.lat) * M_PER_DEGREE)
}

/** The most pressing first, then the nearest; what was ticked off here stands behind. */
function sorted() {
  return spots().rows.filter((one) => one.state !== 'ok' || pending(one.id))
    .sort((a, b) => Number(pending(a.id)) - Number(pending(b.id)) || URGENT[a.state] - URGENT[b.state] || (away(a) ?? 0) - (away(b) ?? 0) || a.id - b.id)
}

/** How late it is, or why it stands here. @param {any} one */
export function due(one) {
  const late = instant().getTime() - Date.parse(one.due_at)
  return one.state === 'overdue' ? make('span', { class: 'left red' }, span(late), make('small', {}, say('spot.overdue')))
    : make('span', { class: `left ${LOOKS[one.state]}` }, say(`spot.${one.state}`))
}

/** What is done about it here: the way to its form, or that it waits. @param {any} one */
export const deed = (one) => (pending(one.id) ? make('span', { class: 'quiet' }, say('spot.waits'))
  : make('button', { type: 'button', class: 'act', 'data-spot': one.id, 'aria-label': say('spot.open', { title: one.name }), onclick: () => open('spot', String(one.id)) }, say('spot.do')))

/** How much of a route is done, what waits to be sent with it. @param {any} route */
export const walked = (route) => route.stops.filter((stop) => stop.state === 'ok' || pending(stop.spot)).length

function show() {
  const { rows: all, routes, at } = spots()
  const rows = sorted()
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset
  byId('spots-count').textContent = at ? say('spots.count', { n: rows.filter((one) => !pending(one.id)).length, all: all.length }) : ''
  byId('routes').replaceChildren(...routes.map(routeRow))
  byId('routes').hidden = !routes.length
  byId('spots').replaceChildren(...rows.slice(0, LISTED).map((one) => {
    const far = away(one)
    return make('li', {}, due(one),
      make('span', { class: 't' }, make('b', {}, one.name), make('span', {}, [one.type_name, one.address, far == null ? '' : metres(far)].filter(Boolean).join(' · '))),
      deed(one))
  }))
  if (rows.length > LISTED) byId('spots').append(make('li', { class: 'none' }, say('spots.more', { n: rows.length - LISTED })))
  if (!rows.length) byId('spots').append(make('li', { class: 'none' }, say(at ? 'spots.none' : 'spots.unknown')))
  if (focused?.spot) byId('spots').querySelector(`[data-spot="${CSS.escape(focused.spot)}"]`)?.focus()
  if (focused?.route) byId('routes').querySelector(`[data-route="${CSS.escape(focused.route)}"]`)?.focus()
}

/** @param {any} route */
function routeRow(route) {
  const done = walked(route)
  return make('li', {},
    make('button', { type: 'button', class: 'route', 'data-route': route.id, onclick: () => open('route', String(route.id)) },
      make('span', { class: 'route-name' }, make('b', {}, route.name), make('span', { class: LOOKS[route.state] || 'quiet' }, say(`route.${route.state}`))),
      make('b', { class: 'route-count' }, say('route.count', { n: done, all: route.stops.length })),
      make('progress', { max: route.stops.length, value: done, 'aria-label': say('route.done', { name: route.name, n: done, all: route.stops.length }) })))
}
