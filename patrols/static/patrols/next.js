/** Where to look next: a suggestion for where this phone is, kept for where there is no network. */

import { byId, make } from 'gis/page.js'
import { Refused, call, inWords } from 'gis/api.js'
import { isMe } from './outbox.js'
import { open } from './panels.js'
import { fresh, here, metres } from './position.js'
import { shift } from './shift.js'
import { clock, config, isOffline, on, say } from './state.js'
import { keep, kept } from './store.js'

const MINUTES = [30, 60, 120]
const INK = '#0A0F18'

/** @type {{told: any, minutes: number, asking: boolean, problem: string}} */
const state = { told: null, minutes: 60, asking: false, problem: '' }
/** @type {any} */
let map = null

export async function beginNext() {
  state.told = (await kept(`next:${config.user}`)) ?? null
  if (state.told) state.minutes = state.told.minutes
  on('shift', whenShift)
  on('map', (made) => { map = made; addLayers(); draw() })
  // Whether there is a network is another word, not another suggestion.
  on('outbox', () => show())
  show()
}

/** Off duty nothing is suggested, and nothing of before stays. */
async function whenShift() {
  if (!shift) await set(null)
  else show()
}

/** @param {any} told */
async function set(told) {
  state.told = told
  await keep(`next:${config.user}`, told ?? undefined)
  show()
  draw()
}

/** @param {number} minutes */
async function ask(minutes) {
  state.minutes = minutes
  const fix = fresh()
  state.problem = !shift ? say('next.off') : !fix ? here.problem || say('fix.waiting') : isOffline() ? say('next.offline') : ''
  if (state.problem || !fix || state.asking) return show()
  state.asking = true
  show()
  try {
    if (!(await isMe())) throw new Error('not signed in')
    const query = { lon: String(fix.lon), lat: String(fix.lat), datum: 'wgs84', minutes: String(minutes) }
    await set(await call(config.urls.next, { query }))
    byId('spoken').textContent = state.told.nothing || say('next.found', { n: state.told.stops.length })
  } catch (error) {
    state.problem = error instanceof Refused && error.reasons.length ? error.reasons.map(inWords).join(' ') : say('next.failed')
  }
  state.asking = false
  show()
}

/** @param {number} k in the order of the walk */
function look(k) {
  const stop = state.told.stops[k]
  if (!map) return
  byId('sheet').classList.remove('open')
  byId('handle').setAttribute('aria-expanded', 'false')
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  map.easeTo({ center: [stop.lon, stop.lat], zoom: Math.max(map.getZoom(), 16), padding: { bottom: 270 }, animate: !still })
}

function show() {
  const { told } = state
  byId('next-ask').replaceChildren(...MINUTES.map((n) => make('button', {
    type: 'button', class: 'second', disabled: state.asking, 'aria-pressed': String(told != null && told.minutes === n), onclick: () => ask(n),
  }, say('minutes', { n }))))
  byId('next-said').textContent = state.asking ? say('loading') : state.problem || (told ? computed(told) : say(shift ? 'next.how' : 'next.off'))
  byId('next-list').replaceChildren(...(told?.stops ?? []).map((stop, k) => make('li', {},
    make('span', { class: 'nth', 'aria-hidden': 'true' }, String(k + 1)),
    make('button', { type: 'button', class: 't', onclick: () => look(k) },
      make('b', {}, stop.title),
      make('span', {}, stop.why.join(say('next.join'))),
      make('span', {}, say('next.walk', { away: metres(stop.away_m), n: Math.max(1, Math.round(stop.arrive_minutes)) }))),
    stop.kind === 'spot' ? make('button', { type: 'button', class: 'act', 'aria-label': say('spot.open', { title: stop.title }), onclick: () => open('spot', String(stop.spot)) }, say('spot.do')) : null)))
  if (told?.nothing) byId('next-list').append(make('li', { class: 'none' }, told.nothing))
  byId('next-note').textContent = told?.note ?? ''
}

/** For which position and time it was computed. @param {any} told */
function computed(told) {
  const at = clock(told.at)
  return told.nothing || isOffline() ? say(isOffline() ? 'next.kept' : 'next.at', { time: at, n: told.minutes })
    : say('next.at_used', { time: at, n: told.minutes, used: Math.round(told.used_minutes) })
}

/* ---- the map */

function addLayers() {
  map.addSource('next', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  map.addLayer({ id: 'next', type: 'circle', source: 'next', paint: { 'circle-radius': 14, 'circle-color': INK, 'circle-stroke-color': '#FFFFFF', 'circle-stroke-width': 3 } }, 'me')
  map.addLayer({ id: 'next-number', type: 'symbol', source: 'next', layout: { 'text-field': ['get', 'n'], 'text-font': ['Figures Bold'], 'text-size': 16, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': '#FFFFFF' } }, 'me')
}

function draw() {
  if (!map) return
  const features = (state.told?.stops ?? []).map((stop, k) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [stop.lon, stop.lat] }, properties: { n: String(k + 1) } }))
  map.getSource('next').setData({ type: 'FeatureCollection', features })
}
