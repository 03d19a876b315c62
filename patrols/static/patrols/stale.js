/** How long ago my ground and the ground around was last recorded: kept for where there is no network. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { isMe } from './outbox.js'
import { clock, config, on, say } from './state.js'
import { keep, kept } from './store.js'

const NOT_RECORDED = 'not_recorded'
/** From light to dark as days pass, by lightness alone; what is not recorded has a pattern instead. */
const RAMP = { today: '#E2F0F5', '1-3': '#A6CBDD', '4-7': '#6496BC', '8-14': '#2F5A93' }
const CLASSES = [...Object.keys(RAMP), NOT_RECORDED]
const INK = '#0A0F18'
const HATCH = 'stale-hatch'
const LAYERS = ['stale-fill', 'stale-none']
const AGAIN_MS = 600_000
const TILE = 30

/** @type {{told: {complete_until: string, grids: any[]} | null}} */
const state = { told: null }
/** @type {any} */
let map = null
let shown = false

export async function beginStale() {
  state.told = (await kept(`stale:${config.user}`)) ?? null
  shown = (await kept(`stale-shown:${config.user}`)) ?? false
  byId('stale-go').addEventListener('click', toggle)
  on('map', (made) => { map = made; addLayers(); draw() })
  addEventListener('online', refresh)
  setInterval(refresh, AGAIN_MS)
  show()
  refresh()
}

async function refresh() {
  if (!navigator.onLine || !(await isMe())) return
  try {
    state.told = await call(config.urls.stale)
    await keep(`stale:${config.user}`, state.told)
  } catch {
    // What is kept is shown.
  }
  show()
  draw()
}

async function toggle() {
  shown = !shown
  show()
  draw()
  await keep(`stale-shown:${config.user}`, shown)
}

/* ---- words */

/** @param {any} grid */
const inWords = (grid) => CLASSES.filter((name) => grid.shares[name] >= 0.005)
  .map((name) => `${say(`stale.${name}`)} ${Math.round(100 * grid.shares[name])}%`).join(say('stale.comma'))

/** When the data is from: of another day, with its day. @param {string} at */
function time(at) {
  const day = new Date(at).toLocaleDateString(config.language)
  return day === new Date().toLocaleDateString(config.language) ? clock(at) : `${day} ${clock(at)}`
}

function show() {
  const { told } = state
  byId('stale-go').setAttribute('aria-pressed', String(shown))
  byId('stale-legend').hidden = !shown || !told
  const until = told ? say('stale.until', { time: time(told.complete_until) }) : ''
  byId('stale-legend').replaceChildren(
    ...CLASSES.map((name) => make('span', {}, sign(name), say(`stale.short.${name}`))),
    make('em', {}, `${say('stale.days')} · ${until}`))
  const mine = told?.grids.filter((one) => one.is_mine) ?? []
  byId('stale-mine').replaceChildren(...(told
    ? [...mine.map((one) => make('p', {}, say('stale.mine', { name: mine.length > 1 ? one.name : say('stale.my_grid'), words: inWords(one) }))), make('p', { class: 'quiet' }, until), make('p', { class: 'quiet' }, say('stale.honest'))]
    : [make('p', { class: 'quiet' }, say('stale.unknown'))]))
  byId('stale-around').replaceChildren(...(told?.grids.filter((one) => !one.is_mine) ?? [])
    .map((one) => make('li', {}, make('b', {}, one.name), make('span', { class: 'quiet' }, inWords(one)))))
  byId('stale-more').hidden = !told
}

/** @param {string} name */
function sign(name) {
  const box = make('i', { class: name === NOT_RECORDED ? 'hatched' : '', 'aria-hidden': 'true' })
  if (RAMP[name]) box.style.background = RAMP[name]
  return box
}

/* ---- the map */

function addLayers() {
  map.addSource('stale', { type: 'geojson', data: { type: 'FeatureCollection', features: [] } })
  map.addImage(HATCH, hatch(), { pixelRatio: 3 })
  const visible = { layout: { visibility: 'none' } }
  const faint = ['case', ['get', 'mine'], 1, 0.55]
  const is = (value) => [value, ['get', 'class'], NOT_RECORDED]
  map.addLayer({ id: 'stale-fill', type: 'fill', source: 'stale', filter: is('!='), ...visible, paint: { 'fill-color': ['match', ['get', 'class'], ...Object.entries(RAMP).flat(), '#FFFFFF'], 'fill-opacity': faint, 'fill-antialias': false } }, 'grid-edges')
  map.addLayer({ id: 'stale-none', type: 'fill', source: 'stale', filter: is('=='), ...visible, paint: { 'fill-pattern': HATCH, 'fill-opacity': faint, 'fill-antialias': false } }, 'grid-edges')
}

/** Ink lines on paper, without a seam from tile to tile. */
function hatch() {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = TILE
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  pen.fillStyle = '#FBFBF9'
  pen.fillRect(0, 0, TILE, TILE)
  pen.strokeStyle = INK
  pen.lineWidth = 3
  for (const shift of [-TILE, 0, TILE]) {
    pen.beginPath()
    pen.moveTo(shift - 1, TILE + 1)
    pen.lineTo(shift + TILE + 1, -1)
    pen.stroke()
  }
  return pen.getImageData(0, 0, TILE, TILE)
}

function draw() {
  if (!map) return
  const features = (state.told?.grids ?? []).flatMap((one) => Object.entries(one.ground)
    .map(([name, geometry]) => ({ type: 'Feature', geometry, properties: { class: name, mine: one.is_mine } })))
  map.getSource('stale').setData({ type: 'FeatureCollection', features })
  for (const id of LAYERS) map.setLayoutProperty(id, 'visibility', shown ? 'visible' : 'none')
}
