/** Where people were last received: the shape says how fresh that is, a ring around it that they are outside. */

import { byId } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { palettes } from 'maps/palette.js'
import { NOTHING, collection, feature, makeMap, scale, still } from 'maps/plain.js'
import { age, config, live, peopleShown, say } from './state.js'

const HALF = 12
const STATES = /** @type {const} */ (['fresh', 'stale', 'silent'])
const CLOSE_ZOOM = 15
/** @type {any} */ let map = null
/** @type {string[]} */ let outlined = []

/** @param {(worker: string) => void} choose */
export function beginMap(choose) {
  map = makeMap(byId('map'), config, say, layers)
  if (!map) return
  map.on('click', 'people', (/** @type {any} */ event) => choose(event.features[0].properties.worker))
  map.on('mouseenter', 'people', () => { map.getCanvas().style.cursor = 'pointer' })
  map.on('mouseleave', 'people', () => { map.getCanvas().style.cursor = '' })
  byId('zoom-in').addEventListener('click', () => map.zoomIn({ animate: !still }))
  byId('zoom-out').addEventListener('click', () => map.zoomOut({ animate: !still }))
  byId('whole').addEventListener('click', () => map.fitBounds(config.bounds, { padding: 24 * scale, animate: !still }))
}

/** @param {any} on */
function layers(on) {
  const c = palettes[theme()]
  for (const state of STATES) for (const out of [false, true]) addMark(on, state, out, c)
  on.addSource('people', { type: 'geojson', data: NOTHING })
  // Names here are those of people.
  on.setLayoutProperty('stations', 'text-field', '')
  if (!config.whole) {
    // What is not one's own ground steps back.
    const mine = ['in', ['get', 'code'], ['literal', Object.keys(config.grids)]]
    on.addLayer({ id: 'others', type: 'fill', source: 'grids', 'source-layer': 'grids', filter: ['!', mine], paint: { 'fill-color': c.sea, 'fill-opacity': 0.72 } }, 'grid-border')
  }
  on.addLayer({ id: 'chosen', type: 'circle', source: 'people', filter: ['get', 'is_chosen'], paint: { 'circle-radius': 14 * scale, 'circle-color': c.accent, 'circle-opacity': 0.22, 'circle-stroke-color': c.accent, 'circle-stroke-width': 2 * scale } })
  on.addLayer({
    id: 'people', type: 'symbol', source: 'people',
    layout: {
      'icon-image': ['get', 'icon'], 'icon-size': scale, 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'order'],
      'text-field': ['step', ['zoom'], '', 13.6, ['get', 'words']], 'text-font': ['Figures Bold'], 'text-size': 12 * scale, 'text-anchor': 'top',
      'text-offset': [0, 1], 'text-optional': true, 'text-line-height': 1.3,
    },
    paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 1.8 * scale },
  })
  outlined = []
  drawPeople()
  outline()
}

/**
 * A full dot for just now, a ring for a while ago, a crossed ring for silence; a square around whoever is outside.
 * @param {any} on @param {string} state @param {boolean} out @param {import('maps/palette.js').Palette} c
 */
function addMark(on, state, out, c) {
  const ratio = 2 * Math.ceil(scale)
  const size = 2 * HALF * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  pen.scale(ratio, ratio)
  pen.translate(HALF, HALF)
  const ink = out ? (theme() === 'dark' ? '#F0B429' : '#8A5A00') : c.accent
  const stroke = (/** @type {string} */ colour, /** @type {number} */ width) => {
    pen.strokeStyle = colour
    pen.lineWidth = width
    pen.stroke()
  }
  pen.beginPath()
  pen.arc(0, 0, 4.6, 0, 2 * Math.PI)
  stroke(c.halo, 5)
  pen.fillStyle = state === 'fresh' ? ink : c.halo
  pen.fill()
  stroke(state === 'silent' ? c.text2 : ink, 2)
  if (state === 'silent') {
    pen.beginPath()
    pen.moveTo(-3, 3)
    pen.lineTo(3, -3)
    stroke(c.text2, 2)
  }
  if (out) {
    pen.beginPath()
    pen.rect(-9, -9, 18, 18)
    stroke(c.halo, 4)
    stroke(ink, 2)
  }
  const name = markName(state, out)
  if (on.hasImage(name)) on.removeImage(name)
  on.addImage(name, pen.getImageData(0, 0, size, size), { pixelRatio: ratio })
}

/** @param {string} state @param {boolean} out */
const markName = (state, out) => `${state}${out ? '-out' : ''}`

export function drawPeople() {
  const source = map?.getSource('people')
  if (!source) return
  source.setData(collection(peopleShown().map((one) => feature({ type: 'Point', coordinates: [one.lon, one.lat] }, {
    worker: one.worker,
    icon: markName(one.state, one.out),
    order: one.out ? 2 : STATES.indexOf(one.state) / 2,
    words: `${one.name}\n${age(one.at)}`,
    is_chosen: one.worker === live.worker,
  }))))
}

/** Draw the border of the grids that an alert rests on, or of the chosen worker. */
export function outline() {
  if (!map?.getSource('grids')) return
  const at = (/** @type {string} */ id) => ({ source: 'grids', sourceLayer: 'grids', id })
  for (const code of outlined) map.setFeatureState(at(code), { selected: false })
  const alert = live.alerts.find((one) => one.id === live.alert)
  const grid = alert?.grid ?? (live.worker && config.people[live.worker]?.grid)
  outlined = alert?.facts.grids ?? (grid ? [grid] : [])
  for (const code of outlined) map.setFeatureState(at(code), { selected: true })
}

/** Bring what is chosen into the middle: the worker, and without a place their grid. */
export function flyTo() {
  if (!map) return
  const seen = peopleShown().find((one) => one.worker === live.worker)
  const alert = live.alerts.find((one) => one.id === live.alert)
  const centre = seen ? [seen.lon, seen.lat] : config.grids[alert?.grid ?? '']?.at
  if (centre) map.easeTo({ center: centre, zoom: Math.max(map.getZoom(), CLOSE_ZOOM), animate: !still, duration: 400 })
}
