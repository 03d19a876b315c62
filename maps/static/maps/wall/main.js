/** The wall: one state; every change of the moment, the scene or the data goes through `refresh`. */

import { byId, island, make, speaker } from 'gis/page.js'
import { palettes } from 'maps/palette.js'
import { RIPPLE_MS, makeWallMap } from './chart.js'
import { ask, latest } from './data.js'
import { coverageSection, legendOfCoverage, seenGround, shaded } from './coverage.js'
import { coloured, heatOf } from './density.js'
import { legendOfCases, legendOfDensity } from './legend.js'
import { cellsOf } from 'maps/stale.js'
import { drawStale, fillsOf, legendOfStale, staleSections } from './stale.js'
import { follow } from './following.js'
import { showCase, showFigures, showGrid, showNewest } from './panels.js'
import { drawBins, drawDays } from './time.js'
import { movedDay, zoned } from './zoned.js'

const WEEK_MS = 7 * 24 * 3600 * 1000
const PLAY_MS = 500
const RETRY_S = 30
const SETTLE_MS = 250
// A hundred steps a second are one look at the figures, not a hundred.
const CHANGES_SETTLE_MS = 2000
const STEP_MINUTES = 10
const SCENES = ['live', 'density', 'coverage', 'stale']

const config = island('config')
const speak = speaker(island('words'), config.language)
const { say } = speak
const clock = zoned(config.zone, config.language)
const voice = { ...speak, clock, cases: config.urls.cases, photos: config.urls.photos, coverage: config.urls.coverage, staleness: config.urls.staleness, place: config.place }
const skew = Date.parse(config.now) - Date.now()
const query = new URLSearchParams(location.search)

const state = {
  scene: SCENES.includes(query.get('scene') ?? '') ? query.get('scene') : 'live',
  /** @type {Date | null} null: now */ at: readAt(query.get('at')),
  way: 'kernel',
  window: '2h',
  /** @type {any} */ covered: null,
  /** @type {any} */ stale: null,
  bandwidth: 300,
  /** @type {any} */ figures: null,
  /** @type {any} */ days: null,
  /** @type {{number: string} | {grid: {code: string, name: string}} | null} */ chosen: null,
  /** @type {Set<string>} */ fresh: new Set(),
  /** @type {number | undefined} */ playing: undefined,
  /** @type {number | undefined} */ retry: undefined,
  turn: 0,
}

const now = () => new Date(Date.now() + skew)
const moment = () => state.at ?? now()
const [askFigures, askDays, askScene, askCovered, askStale] = [latest(), latest(), latest(), latest(), latest()]

/** @type {ReturnType<typeof makeWallMap>[]} */
let charts = []

/** @param {string | null} text */
function readAt(text) {
  const found = text ? new Date(text.replace(' ', '+')) : null
  return found && !Number.isNaN(found.getTime()) ? found : null
}

function writeAddress() {
  const address = new URLSearchParams(location.search)
  const set = (name, value) => (value ? address.set(name, value) : address.delete(name))
  set('at', state.at?.toISOString())
  set('scene', state.scene === 'live' ? '' : state.scene)
  set('kiosk', document.body.dataset.kiosk ? '1' : '')
  history.replaceState(null, '', address.size ? `?${address}` : location.pathname)
}

/** Fetch what the moment and the scene need, and show it; what failed is said and tried again. */
async function refresh() {
  clearTimeout(state.retry)
  const turn = ++state.turn
  try {
    const figures = await askFigures(config.urls.wall, { place: config.place, at: state.at?.toISOString() })
    if (!figures) return
    state.figures = figures
    showSides()
    showTime()
    await showOnMap()
    await Promise.all([refreshDays(), refreshCovered()])
    // What a later turn failed at is still bad news when an earlier one ends well.
    if (turn === state.turn) trouble('')
  } catch (error) {
    failed(error)
  }
}

async function refreshDays() {
  const day = state.figures.day
  if (state.days && !state.figures.is_now && day >= state.days.first && day <= movedDay(state.days.first, state.days.counts.length - 1)) return drawSliders()
  const days = await askDays(config.urls.days, { place: config.place, at: state.at?.toISOString() })
  if (!days) return
  state.days = days
  drawSliders()
}

/** What patrols have seen changes slowly, and no figure waits for it. */
async function refreshCovered() {
  const asked = { place: config.place, at: state.at?.toISOString(), window: state.window }
  const told = await askCovered(config.urls.covered, asked)
  if (!told) return
  state.covered = told
  showSides()
  if (state.scene === 'coverage') await showCoverage()
}

/** @param {unknown} error */
function failed(error) {
  if (!(error instanceof Error) || !('status' in error)) throw error
  if (error.status === 401 || error.status === 403) return trouble(say('ended'))
  const time = state.figures ? clock.time(new Date(state.figures.at)) : clock.time(now())
  trouble(say('data.failed', { time }), say('data.retry', { n: RETRY_S }))
  state.retry = setTimeout(refresh, RETRY_S * 1000)
}

/** Bad news takes the empty middle of the header, never the map. @param {string} what @param {string} [then] */
function trouble(what, then = '') {
  byId('note').replaceChildren(...(what ? [make('b', {}, what), make('span', { class: 'quiet' }, then)] : []))
}

function showSides() {
  const at = new Date(state.figures.at)
  showFigures(state.figures, at, voice)
  if (!state.chosen) {
    showNewest(state.figures, at, voice, openCase, state.fresh)
    if (state.scene !== 'stale') showCovered()
    else if (state.stale) byId('right').replaceChildren(...staleSections(state.stale, voice))
  }
  else if ('grid' in state.chosen) showGrid(state.chosen.grid, state.figures, voice, closeChosen)
}

/** Coverage stands below what is newest; in its own scene above, with every subdistrict. */
function showCovered() {
  if (!state.covered) return
  const whole = state.scene === 'coverage'
  const section = coverageSection(state.covered, voice, whole)
  if (whole) byId('right').replaceChildren(section)
  else byId('right').append(section)
}

async function showOnMap() {
  const figures = state.figures
  if (state.scene !== 'stale' && state.stale) {
    for (const chart of charts) drawStale(chart.map, null, null, scale())
    state.stale = null
  }
  if (state.scene === 'live') return showCases(figures)
  for (const chart of charts) chart.showCases(false)
  if (state.scene === 'stale') return showStale()
  if (state.scene === 'coverage') return showCoverage()
  return showDensity(figures)
}

const scale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16

/** Squares of a tile: as wide on a screen of twice the size, where marks are twice as large. */
const cells = () => Math.round(32 / scale())

/** @param {any} figures */
function showCases(figures) {
  const url = `${location.origin}${config.urls.tiles}cases/{z}/{x}/{y}.mvt?${figures.received.list}&cells=${cells()}`
  const at = new Date(figures.at).getTime() / 1000
  const fills = new Map(Object.keys(figures.grids).map((code) => [code, palettes.dark.lift]))
  const lines = Object.fromEntries(figures.subdistricts.map((one) => [one.code, `\n${speak.number(one.count)} ${say('unit')}`]))
  for (const chart of charts) {
    chart.density(null)
    chart.fills(fills)
    chart.lines(lines)
    chart.showCases(true)
    chart.cases(url, at)
  }
  legendOfCases(say)
}

/** @param {any} figures */
async function showDensity(figures) {
  const until = new Date(figures.at)
  const asked = { place: config.place, from: new Date(until.getTime() - WEEK_MS).toISOString(), to: until.toISOString() }
  const kernel = state.way === 'kernel'
  const told = await askScene(kernel ? config.urls.density : config.urls.counts, kernel ? { ...asked, bandwidth_m: state.bandwidth } : asked)
  if (!told) return
  const edges = kernel ? told.edges : told.edges[state.way]
  const canvas = kernel ? await heatOf(told) : null
  const fills = kernel ? new Map() : coloured(told.grids, edges, /** @type {'count' | 'rate'} */ (state.way))
  for (const chart of charts) {
    chart.lines({})
    chart.fills(fills)
    chart.density(canvas, told.box)
  }
  legendOfDensity({ way: state.way, bandwidth: state.bandwidth, edges, count: told.count }, speak, {
    way: (way) => { state.way = way; refreshScene() },
    bandwidth: (metres) => { state.bandwidth = metres; refreshScene() },
  })
}

async function showCoverage() {
  const told = state.covered
  if (!told) return
  const canvas = await seenGround(told.image)
  const fills = shaded(told.grids)
  for (const chart of charts) {
    chart.lines({})
    chart.fills(fills)
    chart.density(canvas, told.box)
  }
  legendOfCoverage(told, speak, (window) => { state.window = window; refreshCovered().catch(failed) })
}

/** It knows no other moment than now. */
async function showStale() {
  const told = await askStale(config.urls.stale, { place: config.place })
  if (!told || state.scene !== 'stale') return
  const isNew = state.stale?.image !== told.image
  state.stale = told
  // News of cases comes by the second, and changes nothing here.
  const cells = isNew ? await cellsOf(told, 'dark') : null
  for (const chart of isNew ? charts : []) {
    chart.lines({})
    chart.density(null)
    drawStale(chart.map, told, cells, scale())
    chart.fills(fillsOf(told))
  }
  legendOfStale(told, speak)
  if (!state.chosen) byId('right').replaceChildren(...staleSections(told, voice))
}

async function refreshScene() {
  try {
    await showOnMap()
  } catch (error) {
    failed(error)
  }
}

/* ---- time */

function showTime() {
  const at = new Date(state.figures.at)
  byId('bin-label').textContent = say('per_bin', { n: state.figures.bin_minutes })
  byId('week-label').textContent = say('last_week', { weekday: clock.weekday(at), day: movedDay(state.figures.day, -7).slice(5) })
  byId('now').hidden = state.at === null
  drawSliders()
}

function drawSliders() {
  const { figures, days } = state
  const at = new Date(figures.at)
  const minutes = clock.minutes(at)
  drawBins(figures, minutes)
  const minute = /** @type {HTMLInputElement} */ (byId('minute'))
  minute.value = String(Math.ceil(minutes / STEP_MINUTES))
  minute.setAttribute('aria-valuetext', say('time.value', { day: figures.day, time: clock.time(at), n: figures.received.count }))
  if (!days) return
  const day = /** @type {HTMLInputElement} */ (byId('day'))
  const place = Math.round((Date.parse(figures.day) - Date.parse(days.first)) / 86_400_000)
  day.value = String(place)
  day.setAttribute('aria-valuetext', say('day.value', { day: figures.day, n: days.counts[place] ?? 0 }))
  for (const [id, other] of /** @type {[string, string | null][]} */ ([['earlier', days.earlier], ['later', days.later]])) {
    byId(id).hidden = !other
    byId(id).textContent = other ? say(id, { day: other }) : ''
    byId(id).onclick = () => other && goTo(clock.instant(other, clock.minutes(moment())))
  }
  drawDays(days, figures.day) // once the buttons beside it have taken their room
}

/** @param {Date | null} at null: now */
function goTo(at) {
  state.at = at && at < now() ? at : null
  state.fresh.clear()
  writeAddress()
  tick()
  refresh()
}

function play() {
  const start = state.playing === undefined
  clearInterval(state.playing)
  state.playing = undefined
  if (start) {
    if (!state.at) goTo(clock.instant(clock.day(now()), 0))
    state.playing = setInterval(() => {
      const next = new Date(moment().getTime() + STEP_MINUTES * 60_000)
      if (clock.day(next) !== clock.day(moment()) || next >= now()) play()
      else goTo(next)
    }, PLAY_MS)
  }
  byId('play').textContent = say(start ? 'pause' : 'play')
  byId('play').setAttribute('aria-pressed', String(start))
}

function tick() {
  const at = moment()
  byId('date').textContent = `${clock.day(at)} ${clock.weekday(at)}`
  byId('clock').textContent = clock.time(at)
}

/* ---- what is chosen */

/** @param {string} number */
async function openCase(number) {
  state.chosen = { number }
  try {
    showCase(await ask(`${config.urls.incidents}/${encodeURIComponent(number)}`), voice, closeChosen)
  } catch (error) {
    state.chosen = null
    failed(error)
  }
}

/** @param {string} code @param {string} name */
function openGrid(code, name) {
  state.chosen = { grid: { code, name } }
  if (state.figures) showSides()
}

function closeChosen() {
  state.chosen = null
  if (state.figures) showSides()
}

/* ---- scenes, kiosk, keys */

/** @param {string} scene */
function choose(scene) {
  state.scene = scene
  for (const button of document.querySelectorAll('#scenes button')) {
    if (/** @type {HTMLElement} */ (button).dataset.scene === scene) button.setAttribute('aria-current', 'true')
    else button.removeAttribute('aria-current')
  }
  writeAddress()
  if (state.figures) { showSides(); refreshScene() }
}

function kiosk() {
  if (document.body.dataset.kiosk) {
    delete document.body.dataset.kiosk
    if (document.fullscreenElement) document.exitFullscreen()
  } else {
    document.body.dataset.kiosk = '1'
    document.documentElement.requestFullscreen?.().catch(() => {}) // a browser may refuse; the wall shows all the same
  }
  writeAddress()
  for (const chart of charts) chart.map.resize()
}

/** @type {Record<string, () => void>} */
const KEYS = { 1: () => choose('live'), 2: () => choose('density'), 3: () => choose('coverage'), 4: () => choose('stale'), k: kiosk, n: () => goTo(null), r: refresh, ' ': play, Escape: closeChosen }

function onKeys() {
  addEventListener('keydown', (event) => {
    const inControl = event.target instanceof Element && event.target.closest('input, select, button, a')
    if (event.ctrlKey || event.metaKey || event.altKey || (inControl && event.key === ' ')) return
    const act = KEYS[event.key] ?? KEYS[event.key.toLowerCase()]
    if (!act) return
    event.preventDefault()
    act()
  })
}

/* ---- begin */

function makeCharts() {
  if (!document.createElement('canvas').getContext('webgl2')) {
    byId('map').setAttribute('aria-busy', 'false')
    byId('map').append(make('p', { class: 'cannot' }, say('webgl')))
    byId('core').hidden = true
    return
  }
  const size = scale()
  const shown = { theme: /** @type {const} */ ('dark'), scale: size, place: config.place, tiles: config.urls.tiles, edition: config.edition, old: null, code: null, asked: null, say }
  const common = { length: speak.length, onCase: openCase, onGrid: openGrid, onTrouble: () => navigator.onLine && trouble(say('tiles.failed')) }
  const inset = config.inset && getComputedStyle(byId('core')).display !== 'none' ? config.inset : null
  const besideInset = () => {
    const rem = size * 16
    const right = inset ? byId('main').getBoundingClientRect().right - byId('core').getBoundingClientRect().left + 1.5 * rem : 1.5 * rem
    return { left: 1.5 * rem, top: rem, bottom: 1.5 * rem, right }
  }
  charts.push(makeWallMap(byId('map'), shown, { ...common, bounds: config.bounds, padding: besideInset, label: say('map.label'), size: inset ? 0.8 : 1, only: null, without: inset?.codes ?? [], scaleBar: byId('scale') }))
  if (!inset) return
  byId('core-caption').textContent = say('inset.caption', { names: inset.names.join(say('list')), n: speak.number(inset.grids) })
  charts.push(makeWallMap(byId('inset'), shown, { ...common, bounds: inset.box, padding: () => 0.75 * size * 16, label: say('inset.label'), size: 1.05, only: inset.codes, without: [], scaleBar: byId('scale-inset') }))
  const [main, core] = charts
  const framed = () => { const box = core.map.getBounds(); main.frame([box.getWest(), box.getSouth(), box.getEast(), box.getNorth()]) }
  Promise.all([main.ready, core.ready]).then(() => { framed(); core.map.on('moveend', framed) })
}

/** A report has come in: it is seen at once, and the figures follow. @param {any} told */
function arrived(told) {
  if (state.at) return
  state.fresh.add(told.incident)
  if (told.lon != null && state.scene === 'live') {
    for (const chart of charts) setTimeout(chart.ripple(told.lon, told.lat, told.kind), RIPPLE_MS)
  }
  byId('spoken').textContent = `${say('newest')} ${say(`kind.${told.kind}`)} ${told.incident}`
  soon()
}

let settling = 0
function soon(ms = SETTLE_MS) {
  if (settling) return
  settling = setTimeout(() => { settling = 0; if (!state.at) refresh() }, ms)
}

async function begin() {
  if (query.has('kiosk')) document.body.dataset.kiosk = '1'
  makeCharts()
  onKeys()
  for (const button of document.querySelectorAll('#scenes button')) {
    button.addEventListener('click', () => choose(/** @type {HTMLElement} */ (button).dataset.scene ?? 'live'))
  }
  byId('kiosk').addEventListener('click', kiosk)
  byId('play').addEventListener('click', play)
  byId('play').textContent = say('play')
  byId('now').textContent = say('now')
  byId('now').addEventListener('click', () => goTo(null))
  const minute = /** @type {HTMLInputElement} */ (byId('minute'))
  minute.addEventListener('input', () => state.figures && goTo(clock.instant(state.figures.day, Number(minute.value) * STEP_MINUTES)))
  const day = /** @type {HTMLInputElement} */ (byId('day'))
  day.addEventListener('input', () => state.days && goTo(clock.instant(movedDay(state.days.first, Number(day.value)), clock.minutes(moment()))))
  addEventListener('resize', () => state.figures && drawSliders())
  tick()
  setInterval(tick, 1000)
  choose(state.scene ?? 'live')
  await Promise.all(charts.map((chart) => chart.ready))
  await refresh()
  follow(config, speak, { arrived, changed: () => soon(CHANGES_SETTLE_MS), refresh: () => soon(), at: () => state.at, figuresAt: () => state.figures && new Date(state.figures.at), clock, trouble })
}

begin()
