/** How long ago the ground was last recorded: a colour for each grid from afar, its cells from near. */

import { byId, make } from 'gis/page.js'
import { palettes } from 'maps/palette.js'

/** From dark to light as days pass, by lightness alone; what is not recorded has a pattern instead. */
const RAMP = { today: '#1F4478', '1-3': '#6980A6', '4-7': '#A9A08A', '8-14': '#F0D264' }
const NOT_RECORDED = 'not_recorded'
const LINES = '#B9C3D4'
const HATCH = 'stale-hatch'
const CELLS = 'stale-cells'
// From here on a cell of 50 m is two pixels wide.
const NEAR_ZOOM = 11.2
const TILE = 10
/** The grids that bear marks of this scene. @type {WeakMap<any, string[]>} */
const marked = new WeakMap()

/** @typedef {{classes: string[], cell_m: number, complete_until: string, corners: number[][] | null, image: string | null,
 *   whole: any, subdistricts: any[], grids: {grid: string, median: string}[]}} Told of `/api/v1/wall/staleness` */

/** The pictures' colours of grids by the median of their ground. @param {Told} told @returns {Map<string, string>} */
export const fillsOf = (told) => new Map(told.grids.filter((one) => one.median !== NOT_RECORDED).map((one) => [one.grid, RAMP[one.median]]))

/** The cells in the colours of the legend; what is not recorded is left to the pattern below. @param {Told} told @returns {Promise<HTMLCanvasElement | null>} */
export async function cellsOf(told) {
  if (!told.image) return null
  const bytes = Uint8Array.from(atob(told.image), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }), { colorSpaceConversion: 'none' })
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }))
  pen.drawImage(bitmap, 0, 0)
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height)
  const table = told.classes.map((name) => RAMP[name] && [1, 3, 5].map((at) => parseInt(RAMP[name].slice(at, at + 2), 16)))
  for (let at = 0; at < picture.data.length; at += 4) {
    const colour = table[picture.data[at] - 1]
    picture.data.set(colour ? [...colour, 255] : [0, 0, 0, 0], at)
  }
  pen.putImageData(picture, 0, 0)
  return canvas
}

/**
 * Draw it on one of the wall's maps; null takes it away.
 * @param {any} map @param {Told | null} told @param {HTMLCanvasElement | null} cells @param {number} scale
 */
export function drawStale(map, told, cells, scale) {
  for (const id of [CELLS, HATCH]) if (map.getLayer(id)) map.removeLayer(id)
  if (map.getSource(CELLS)) map.removeSource(CELLS)
  const at = (id) => ({ source: 'grids', sourceLayer: 'grids', id })
  for (const code of marked.get(map) ?? []) map.setFeatureState(at(code), { stale: false, hatched: false })
  marked.set(map, told?.grids.map((one) => one.grid) ?? [])
  if (!told) return
  const near = NEAR_ZOOM + Math.log2(scale)
  for (const one of told.grids) map.setFeatureState(at(one.grid), { stale: true, hatched: one.median === NOT_RECORDED })
  if (!map.hasImage(HATCH)) addHatch(map, scale)
  const is = (name) => ['case', ['boolean', ['feature-state', name], false], 1, 0]
  map.addLayer({ id: HATCH, type: 'fill', source: 'grids', 'source-layer': 'grids', paint: { 'fill-pattern': HATCH, 'fill-opacity': ['step', ['zoom'], is('hatched'), near, is('stale')], 'fill-antialias': false } }, 'grid-border')
  if (!cells || !told.corners) return
  map.addSource(CELLS, { type: 'canvas', canvas: cells, animate: false, coordinates: told.corners })
  map.addLayer({ id: CELLS, type: 'raster', source: CELLS, minzoom: near, paint: { 'raster-resampling': 'nearest', 'raster-fade-duration': 0 } }, 'grid-border')
}

/** Thin lines on the land, so that what is below does not show. @param {any} map @param {number} scale */
function addHatch(map, scale) {
  const ratio = 2 * Math.ceil(scale)
  const canvas = hatch(TILE * ratio, 1.1 * ratio)
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  map.addImage(HATCH, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio / scale })
}

/** @param {number} size @param {number} width */
function hatch(size, width) {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  pen.fillStyle = palettes.dark.land
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = LINES
  pen.lineWidth = width
  // Three of them, so that the pattern goes on without a seam.
  for (const shift of [-size, 0, size]) {
    pen.beginPath()
    pen.moveTo(shift - 1, size + 1)
    pen.lineTo(shift + size + 1, -1)
    pen.stroke()
  }
  return canvas
}

/** @param {string} name */
function sign(name) {
  const box = make('i', { class: name === NOT_RECORDED ? 'box hatched' : 'box', 'aria-hidden': 'true' })
  if (RAMP[name]) box.style.background = RAMP[name]
  return box
}

/** @param {Told} told @param {{say: (key: string, values?: object) => string, number: (value: number) => string}} voice */
export function legendOfStale(told, { say, number }) {
  byId('legend').replaceChildren(
    make('em', {}, say('stale.title', { n: number(told.cell_m) })),
    ...told.classes.map((name) => make('span', {}, sign(name), say(`stale.${name}`))),
    make('em', {}, say('stale.far')),
  )
}

/**
 * The shares for the right side; each opens its table.
 * @param {Told} told
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string, clock: {time: (date: Date) => string}, staleness: string, place: string}} voice
 */
export function staleSections(told, voice) {
  const { say, number } = voice
  const list = (more) => `${voice.staleness}?${new URLSearchParams({ place: voice.place, ...more })}`
  const percent = (share) => `${Math.round(100 * share)}%`
  const until = say('stale.until', { time: voice.clock.time(new Date(told.complete_until)) })
  const head = make('h2', {}, say('stale.head'), make('span', { class: 'aside' }, say('stale.now')))
  if (!told.grids.length) return [make('section', { id: 'stale' }, head, make('p', { class: 'quiet' }, say('stale.none')))]
  return [
    make('section', { id: 'stale' }, head, make('table', {}, ...told.classes.map((name) => make('tr', {},
      make('td', { class: 'name' }, make('span', { class: 'signed' }, sign(name), say(`stale.${name}`))),
      make('td', {}, make('a', { class: 'n', href: list({}) }, percent(told.whole.shares[name]))))))),
    make('section', {}, make('h2', {}, say('stale.by_subdistrict')), make('table', {}, ...told.subdistricts.map((one) => make('tr', {},
      make('td', { class: 'name' }, one.name), make('td', { class: 'u' }, say('grids.count', { n: number(one.grids) })),
      make('td', {}, make('a', { class: 'n', href: list({ region: one.code }) }, percent(one.shares[NOT_RECORDED]))))))),
    make('section', {}, make('p', { class: 'quiet' }, until), make('p', { class: 'quiet' }, say('coverage.honest'))),
  ]
}
