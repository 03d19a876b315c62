/** A worker's day on the map, by a time slider: what was recorded, and honestly where nothing was. */

import { byId, island, make, speaker } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { momentsOf, showAlerts } from 'maps/day_alerts.js'
import { palettes } from 'maps/palette.js'
import { NOTHING, collection, feature, makeMap, maplibre, scale, still } from 'maps/plain.js'

const config = island('config')
const speak = speaker(island('words'), config.language)
const { say, number } = speak
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: config.zone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
/** Seconds of the day for a second of watching. */
const PACE = 600
const time = /** @type {HTMLInputElement} */ (byId('time'))
const play = /** @type {HTMLButtonElement} */ (byId('play'))

/** @typedef {{points: [number, number][], times: number[], accuracy: (number | null)[]}} Piece */

/** @type {any} */ let map = null
/** @type {Piece[]} */ let pieces = []
/** @type {any[]} */ let visits = []
/** What the slider goes over: the track, the alerts and the visits, seconds. @type {{from: number, to: number} | null} */
let span = null
let running = 0
let turn = 0

/** @param {any} answer GeoJSON of the API @returns {Piece[]} */
const read = (answer) => answer.features.map((/** @type {any} */ one) => ({
  points: one.geometry.type === 'Point' ? [one.geometry.coordinates] : one.geometry.coordinates,
  times: one.properties.times.map((/** @type {string} */ text) => Date.parse(text) / 1000),
  accuracy: one.properties.accuracy_m,
}))

/**
 * Where somebody was at a moment, on the line between two recorded positions; null between pieces.
 * @param {number} at seconds
 */
function placeAt(at) {
  for (const { points, times, accuracy } of pieces) {
    const last = times.length - 1
    if (at < times[0] || at > times[last]) continue
    const next = Math.max(1, times.findIndex((one) => one >= at))
    if (last === 0) return { point: points[0], accuracy: accuracy[0] }
    const share = (at - times[next - 1]) / (times[next] - times[next - 1] || 1)
    const [a, b] = [points[next - 1], points[next]]
    return { point: [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])], accuracy: accuracy[next] }
  }
  return null
}

/** @param {number} at */
const passed = (at) => pieces.flatMap(({ points, times }) => {
  const part = points.filter((_, i) => times[i] <= at)
  return part.length > 1 ? [feature({ type: 'LineString', coordinates: part })] : []
})

function draw() {
  const at = (span?.from ?? 0) + Number(time.value)
  const here = placeAt(at)
  const isGap = span !== null && !here
  byId('clock').textContent = span ? clock.format(at * 1000) : ''
  time.setAttribute('aria-valuetext', [byId('clock').textContent, isGap && say('gap')].filter(Boolean).join(' '))
  byId('map').classList.toggle('is-gap', isGap)
  byId('clock').title = isGap ? say('gap') : here?.accuracy ? say('accuracy', { n: number(Math.round(here.accuracy)) }) : ''
  map?.getSource('visits')?.setData(collection(visits.map((one) => feature({ type: 'Point', coordinates: [one.lon, one.lat] }, { here: one.is_here }))))
  const source = map?.getSource('track')
  if (!source) return
  const whole = pieces.map(({ points }) => points.length > 1
    ? feature({ type: 'LineString', coordinates: points }, { part: 'whole' })
    : feature({ type: 'Point', coordinates: points[0] }, { part: 'alone' }))
  source.setData(collection(whole))
  map.getSource('passed').setData(collection(passed(at)))
  map.getSource('here').setData(here ? feature({ type: 'Point', coordinates: here.point }) : NOTHING)
}

function pause() {
  cancelAnimationFrame(running)
  running = 0
  play.textContent = say('play')
}

function run() {
  if (running) return pause()
  if (Number(time.value) >= Number(time.max)) time.value = '0'
  play.textContent = say('pause')
  let before = performance.now()
  let at = Number(time.value)
  const step = (/** @type {number} */ now) => {
    at += ((now - before) / 1000) * PACE
    before = now
    time.value = String(Math.min(at, Number(time.max)))
    draw()
    if (at >= Number(time.max)) pause()
    else running = requestAnimationFrame(step)
  }
  running = requestAnimationFrame(step)
}

/** @param {number} at seconds */
function goTo(at) {
  pause()
  time.value = String(Math.min(Math.max(at - (span?.from ?? 0), 0), Number(time.max)))
  draw()
}

/** @param {any} answer */
function tell(answer) {
  const marked = Object.entries(answer.marked).map(([name, n]) => say(name, { n: number(Number(n)) }))
  const kept = answer.kept === 'all' ? '' : say(`kept.${answer.kept}`, { n: number(Math.ceil(answer.error_m)) })
  const found = answer.fixes ? say('fixes', { n: number(answer.fixes) }) : answer.kept === 'deleted' ? '' : say('none')
  byId('said').textContent = [...[found, kept].filter(Boolean), ...(marked.length ? [say('marked') + marked.join(say('comma'))] : [])].join(' · ')
}

/** @param {string} url @param {URLSearchParams} query */
async function ask(url, query) {
  const told = await fetch(`${url}?${query}`, { headers: { Accept: 'application/json' } })
  if (!told.ok) throw new Error(String(told.status))
  return told.json()
}

/** @param {string} worker */
async function choose(worker) {
  const mine = ++turn
  pause()
  for (const one of document.querySelectorAll('#people button')) {
    const isMine = /** @type {HTMLElement} */ (one).dataset.worker === worker
    one.setAttribute('aria-pressed', String(isMine))
    if (isMine) one.scrollIntoView({ block: 'nearest' })
  }
  const query = new URLSearchParams({ worker, date: config.date })
  history.replaceState(null, '', `?${query}`)
  byId('said').textContent = say('loading')
  let track = null
  let alerts = null
  try {
    [track, alerts] = await Promise.all([ask(config.urls.tracks, query), config.sees ? ask(config.urls.alerts, query) : null])
  } catch {
    if (mine !== turn) return
    byId('said').replaceChildren(say('failed'), ' ', make('button', { type: 'button', class: 'button', onclick: () => choose(worker) }, say('retry')))
  }
  // Another one was chosen meanwhile.
  if (mine !== turn) return
  pieces = track ? read(track) : []
  visits = track ? track.visits : []
  if (track) tell(track)
  const all = pieces.flatMap(({ times }) => times)
  const moments = [...all, ...momentsOf(alerts?.results ?? []), ...visits.map((one) => Date.parse(one.at) / 1000)]
  span = moments.length ? { from: moments.reduce((a, b) => Math.min(a, b)), to: moments.reduce((a, b) => Math.max(a, b)) } : null
  time.max = String(span ? Math.ceil(span.to - span.from) : 0)
  // Where they were last, not the silence after it.
  const step = Number(time.step)
  time.value = String(span && all.length ? Math.floor((all[all.length - 1] - span.from) / step) * step : 0)
  time.disabled = play.disabled = !span
  showAlerts(alerts?.results ?? null, span, { speak, zone: config.zone, goTo })
  frame()
  draw()
  listVisits()
  document.querySelector('#people [aria-pressed="true"]')?.scrollIntoView({ block: 'nearest' })
}

/** The places that were ticked off, each a way to its moment. */
function listVisits() {
  byId('visits').hidden = !visits.length
  byId('visits-count').textContent = number(visits.length)
  byId('visits-list').replaceChildren(...visits.map((one) => make('li', {},
    make('button', { type: 'button', onclick: () => goTo(Date.parse(one.at) / 1000) },
      make('b', {}, `${clock.format(Date.parse(one.at)).slice(0, 5)} ${one.name}`),
      make('span', { class: 'quiet' }, [one.is_here ? say('visit.here') : say('visit.away', { n: number(Math.round(one.distance_m)) }), one.dwell_s == null ? '' : say('visit.dwell', { n: number(Math.round(one.dwell_s / 60)) }), one.note].filter(Boolean).join(' · '))),
    ...one.photos.map((/** @type {any} */ photo, /** @type {number} */ k) => make('a', { href: config.urls.photos + photo.id }, make('img', { src: config.urls.photos + photo.id, alt: say('visit.photo', { n: k + 1 }), loading: 'lazy' }))))))
}

function frame() {
  if (!map || !(pieces.length || visits.length)) return
  const bounds = new maplibre.LngLatBounds()
  for (const { points } of pieces) for (const point of points) bounds.extend(point)
  for (const one of visits) bounds.extend([one.lon, one.lat])
  map.fitBounds(bounds, { padding: 64 * scale, maxZoom: 17, animate: !still })
}

/** @param {any} on the map */
function layers(on) {
  const c = palettes[theme()]
  for (const id of ['track', 'passed', 'visits', 'here']) on.addSource(id, { type: 'geojson', data: NOTHING })
  const line = (/** @type {string} */ id, /** @type {string} */ source, /** @type {number} */ px, /** @type {number} */ opacity) => ({
    id, type: 'line', source, filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': c.accent, 'line-width': px * scale, 'line-opacity': opacity },
  })
  on.addLayer(line('track', 'track', 2, 0.45))
  on.addLayer({ id: 'alone', type: 'circle', source: 'track', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 3 * scale, 'circle-color': c.accent } })
  on.addLayer(line('passed', 'passed', 4, 1))
  // Full where the worker was there, a ring where it was ticked off from elsewhere.
  on.addLayer({ id: 'visits', type: 'circle', source: 'visits', paint: { 'circle-radius': 5 * scale, 'circle-color': ['case', ['get', 'here'], c.text, c.halo], 'circle-stroke-color': ['case', ['get', 'here'], c.halo, c.text], 'circle-stroke-width': 2 * scale } })
  on.addLayer({ id: 'here', type: 'circle', source: 'here', paint: { 'circle-radius': 8 * scale, 'circle-color': c.accent, 'circle-stroke-color': c.halo, 'circle-stroke-width': 3 * scale } })
  draw()
}

byId('find').addEventListener('input', (event) => {
  const asked = /** @type {HTMLInputElement} */ (event.target).value.trim().toLowerCase()
  for (const one of byId('people').children) /** @type {HTMLElement} */ (one).hidden = !(one.textContent ?? '').toLowerCase().includes(asked)
})
byId('people').addEventListener('click', (event) => {
  const chosen = /** @type {HTMLElement} */ (event.target).closest('button')
  if (chosen?.dataset.worker) choose(chosen.dataset.worker)
})
time.addEventListener('input', () => { pause(); draw() })
play.addEventListener('click', run)
map = makeMap(byId('map'), config, say, layers)
map?.once('load', frame)
const asked = new URLSearchParams(location.search).get('worker')
if (asked) choose(asked)
