/** A worker's day on the map, by a time slider: what was recorded, and honestly where nothing was. */

import * as maplibre from 'maplibre-gl'
import { byId, island, make, speaker } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { addStar } from 'maps/labels.js'
import { palettes } from 'maps/palette.js'
import { style } from 'maps/style.js'

const config = island('config')
const { say, number } = speaker(island('words'), config.language)
const clock = new Intl.DateTimeFormat('en-GB', { timeZone: config.zone, hour: '2-digit', minute: '2-digit', second: '2-digit' })
const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
const still = matchMedia('(prefers-reduced-motion: reduce)').matches
/** Seconds of the day for a second of watching. */
const PACE = 600
const NOTHING = { type: 'FeatureCollection', features: [] }
const time = /** @type {HTMLInputElement} */ (byId('time'))
const play = /** @type {HTMLButtonElement} */ (byId('play'))

/** @typedef {{points: [number, number][], times: number[], accuracy: (number | null)[]}} Piece */

/** @type {any} */ let map = null
/** @type {Piece[]} */ let pieces = []
/** @type {any[]} */ let visits = []
let from = 0
let running = 0

/** @param {any} geometry @param {object} [properties] */
const feature = (geometry, properties = {}) => ({ type: 'Feature', geometry, properties })

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
  const at = from + Number(time.value)
  const here = placeAt(at)
  byId('clock').textContent = pieces.length ? clock.format(at * 1000) : '--:--'
  time.setAttribute('aria-valuetext', byId('clock').textContent ?? '')
  byId('map').classList.toggle('is-gap', pieces.length > 0 && !here)
  byId('clock').title = pieces.length && !here ? say('gap') : here?.accuracy ? say('accuracy', { n: number(Math.round(here.accuracy)) }) : ''
  map?.getSource('visits')?.setData({ type: 'FeatureCollection', features: visits.map((one) => feature({ type: 'Point', coordinates: [one.lon, one.lat] }, { here: one.is_here })) })
  const source = map?.getSource('track')
  if (!source) return
  const whole = pieces.map(({ points }) => points.length > 1
    ? feature({ type: 'LineString', coordinates: points }, { part: 'whole' })
    : feature({ type: 'Point', coordinates: points[0] }, { part: 'alone' }))
  source.setData({ type: 'FeatureCollection', features: whole })
  map.getSource('passed').setData({ type: 'FeatureCollection', features: passed(at) })
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

/** @param {any} answer */
function tell(answer) {
  const marked = Object.entries(answer.marked).map(([name, n]) => say(name, { n: number(Number(n)) }))
  const found = answer.fixes ? say('fixes', { n: number(answer.fixes) }) : say('none')
  byId('said').textContent = [found, ...(marked.length ? [say('marked') + marked.join(say('comma'))] : [])].join(' · ')
}

/** @param {string} worker */
async function choose(worker) {
  pause()
  for (const one of document.querySelectorAll('#people button')) {
    const mine = /** @type {HTMLElement} */ (one).dataset.worker === worker
    one.setAttribute('aria-pressed', String(mine))
    if (mine) one.scrollIntoView({ block: 'nearest' })
  }
  const query = new URLSearchParams({ worker, date: config.date })
  history.replaceState(null, '', `?${query}`)
  byId('said').textContent = say('loading')
  pieces = []
  visits = []
  try {
    const told = await fetch(`${config.urls.tracks}?${query}`, { headers: { Accept: 'application/json' } })
    if (!told.ok) throw new Error(String(told.status))
    const answer = await told.json()
    pieces = read(answer)
    visits = answer.visits
    tell(answer)
  } catch {
    byId('said').textContent = say('failed')
  }
  const all = pieces.flatMap(({ times }) => times)
  from = all.length ? all[0] : 0
  time.max = String(all.length ? Math.ceil(all[all.length - 1] - from) : 0)
  time.value = time.max
  time.disabled = play.disabled = !all.length
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

/** @param {number} at seconds */
function goTo(at) {
  pause()
  time.value = String(Math.min(Math.max(0, at - from), Number(time.max)))
  draw()
}

function frame() {
  if (!map || !(pieces.length || visits.length)) return
  const bounds = new maplibre.LngLatBounds()
  for (const { points } of pieces) for (const point of points) bounds.extend(point)
  for (const one of visits) bounds.extend([one.lon, one.lat])
  map.fitBounds(bounds, { padding: 64 * scale, maxZoom: 17, animate: !still })
}

function layers() {
  const c = palettes[theme()]
  for (const id of ['track', 'passed', 'visits', 'here']) map.addSource(id, { type: 'geojson', data: NOTHING })
  const line = (/** @type {string} */ id, /** @type {string} */ source, /** @type {number} */ px, /** @type {number} */ opacity) => ({
    id, type: 'line', source, filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': c.accent, 'line-width': px * scale, 'line-opacity': opacity },
  })
  map.addLayer(line('track', 'track', 2, 0.45))
  map.addLayer({ id: 'alone', type: 'circle', source: 'track', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 3 * scale, 'circle-color': c.accent } })
  map.addLayer(line('passed', 'passed', 4, 1))
  // Full where the worker was there, a ring where it was ticked off from elsewhere.
  map.addLayer({ id: 'visits', type: 'circle', source: 'visits', paint: { 'circle-radius': 5 * scale, 'circle-color': ['case', ['get', 'here'], c.text, c.halo], 'circle-stroke-color': ['case', ['get', 'here'], c.halo, c.text], 'circle-stroke-width': 2 * scale } })
  map.addLayer({ id: 'here', type: 'circle', source: 'here', paint: { 'circle-radius': 8 * scale, 'circle-color': c.accent, 'circle-stroke-color': c.halo, 'circle-stroke-width': 3 * scale } })
  draw()
}

function beginMap() {
  const container = byId('map')
  if (!document.createElement('canvas').getContext('webgl2')) {
    container.replaceChildren(make('p', { class: 'none' }, say('map.without')))
    container.setAttribute('aria-busy', 'false')
    return
  }
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  const look = () => style({ theme: theme(), scale, place: config.place, tiles: config.urls.tiles, edition: config.edition, old: null, code: null, asked: null, say })
  map = new maplibre.Map({
    container, style: look(), bounds: config.bounds, fitBoundsOptions: { padding: 24 }, maxZoom: 19, attributionControl: false,
    dragRotate: false, fadeDuration: 0, localIdeographFontFamily: getComputedStyle(document.body).fontFamily, locale: { 'Map.Title': say('map.label') },
  })
  addStar(map, scale)
  map.once('load', () => { layers(); frame() })
  map.on('idle', () => container.setAttribute('aria-busy', 'false'))
  document.addEventListener('theme', () => {
    map.setStyle(look())
    map.once('styledata', () => { addStar(map, scale); layers() })
  })
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
beginMap()
const asked = new URLSearchParams(location.search).get('worker')
if (asked) choose(asked)
