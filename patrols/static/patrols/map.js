/** The map of my ground, made of what is kept on this phone: it asks nothing of any network. */

import * as maplibre from 'maplibre-gl'
import { byId } from 'gis/page.js'
import { addStar } from 'maps/labels.js'
import { bounds } from './ground.js'
import { addMarks, circle } from './marks.js'
import { ground } from './mine.js'
import { open } from './panels.js'
import { fresh } from './position.js'
import { config, on, say, tell } from './state.js'
import { spots } from './spots.js'
import { tasks, timeLeft } from './tasks.js'

const HEAVY = ['Figures Bold']
const INK = '#0A0F18'
const ACCENT = '#2C3CA8'
/** @type {any} */
let map = null
let ready = false

/** @param {any[]} features */
const collection = (features) => ({ type: 'FeatureCollection', features })
/** @param {any} geometry @param {any} [properties] */
const feature = (geometry, properties = {}) => ({ type: 'Feature', geometry, properties })

const text = (field, color, more = {}) => ({
  layout: { 'text-field': field, 'text-font': HEAVY, 'text-size': 14, 'text-max-width': 9, ...more },
  paint: { 'text-color': color, 'text-halo-color': '#FFFFFF', 'text-halo-width': 2 },
})

const layers = [
  { id: 'ground', type: 'background', paint: { 'background-color': '#E4E9EC' } },
  { id: 'neighbours', type: 'fill', source: 'neighbours', paint: { 'fill-color': '#F0F0EB' } },
  { id: 'neighbour-edges', type: 'line', source: 'neighbours', paint: { 'line-color': '#5C7394', 'line-width': 1.2 } },
  // What is not mine lies under a veil.
  { id: 'veil', type: 'fill', source: 'neighbours', paint: { 'fill-color': '#E4E9EC', 'fill-opacity': 0.42 } },
  { id: 'grids', type: 'fill', source: 'grids', paint: { 'fill-color': '#FBFBF9' } },
  { id: 'grid-edges', type: 'line', source: 'grids', layout: { 'line-join': 'round' }, paint: { 'line-color': INK, 'line-width': 3.5 } },
  { id: 'neighbour-names', type: 'symbol', source: 'neighbours', ...text(['get', 'name'], '#2F3A4A') },
  { id: 'circle', type: 'fill', source: 'circle', paint: { 'fill-color': ACCENT, 'fill-opacity': 0.2 } },
  { id: 'circle-edge', type: 'line', source: 'circle', paint: { 'line-color': ACCENT, 'line-width': 1 } },
  { id: 'stations', type: 'symbol', source: 'stations', layout: { 'icon-image': 'star', 'icon-size': 1.2, 'icon-allow-overlap': true } },
  // A ring is a place to go to, a full one was visited in time.
  { id: 'spots', type: 'circle', source: 'spots', paint: { 'circle-radius': ['match', ['get', 'state'], 'ok', 5, 8], 'circle-color': ['match', ['get', 'state'], 'ok', ACCENT, '#FFFFFF'], 'circle-stroke-color': ['match', ['get', 'state'], 'ok', '#FFFFFF', 'overdue', '#A1161C', ACCENT], 'circle-stroke-width': ['match', ['get', 'state'], 'ok', 2, 3.5] } },
  { id: 'tasks', type: 'symbol', source: 'tasks', ...text(['get', 'left'], ['match', ['get', 'look'], 'red', '#A1161C', 'amber', '#6B4300', INK], { 'icon-image': ['get', 'kind'], 'icon-allow-overlap': true, 'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-optional': true }) },
  { id: 'me', type: 'circle', source: 'me', paint: { 'circle-radius': 9, 'circle-color': ACCENT, 'circle-stroke-color': '#FFFFFF', 'circle-stroke-width': 3 } },
]

export const canDraw = () => document.createElement('canvas').getContext('webgl2') != null && 'serviceWorker' in navigator

export function beginMap() {
  const container = byId('map')
  if (ground.told) make(container)
  else on('mine', () => map ?? make(container))
  on('mine', () => draw('neighbours', 'grids', 'stations'))
  on('tasks', () => draw('tasks'))
  on('spots', () => draw('spots'))
  on('here', () => draw('circle', 'me'))
}

/** @param {HTMLElement} container */
function make(container) {
  if (map) return
  maplibre.setWorkerUrl(config.map_worker)
  // Each reads half a megabyte of script before it does anything; this ground is work for one.
  maplibre.setWorkerCount(1)
  map = new maplibre.Map({
    container,
    // With all that is known at once: drawn in one go, and not once empty and once again.
    style: /** @type {any} */ ({ version: 8, sources: sources(), layers }),
    validateStyle: false,
    bounds: bounds(ground.told.grids),
    fitBoundsOptions: { padding: { top: 24, left: 24, right: 24, bottom: 270 } },
    minZoom: 10,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': say('map.label') },
  })
  map.touchZoomRotate.disableRotation()
  map.on('style.load', () => {
    addStar(map, 1)
    addMarks(map)
    ready = true
    tell('map', map)
    draw(...late)
  })
  map.on('idle', () => { if (ready) container.setAttribute('aria-busy', 'false') })
  map.on('click', 'tasks', (event) => open('task', event.features[0].properties.number))
  map.on('click', 'spots', (event) => open('spot', String(event.features[0].properties.id)))
}

/** What each source holds now. @type {Record<string, () => any[]>} */
const held = {
  neighbours: () => outlines('neighbours'),
  grids: () => outlines('grids'),
  stations: () => outlines('stations'),
  spots: () => spots().rows.map((one) => feature({ type: 'Point', coordinates: [one.lon, one.lat] }, { id: one.id, state: one.state })),
  tasks: () => tasks().rows.filter((row) => row.position).map((row) => feature({ type: 'Point', coordinates: [row.position.lon, row.position.lat] }, { number: row.number, kind: row.kind, left: timeLeft(row).words, look: timeLeft(row).look })),
  circle: () => (fresh() ? [feature({ type: 'Polygon', coordinates: circle(fresh(), fresh().accuracy) })] : []),
  me: () => (fresh() ? [feature({ type: 'Point', coordinates: [fresh().lon, fresh().lat] })] : []),
}

/** @param {'grids' | 'neighbours' | 'stations'} name */
const outlines = (name) => ground.told[name].map((one) => feature(one.geometry, { name: one.name }))

// Tiles of zoom 14 are exact to half a metre; one or two hold the whole ground.
const sources = () => Object.fromEntries(Object.entries(held).map(([name, features]) => [name, { type: 'geojson', maxzoom: 14, data: collection(features()) }]))

/** What changed while the map was being made. @type {Set<string>} */
const late = new Set()

/** @param {...string} names */
function draw(...names) {
  if (!map || !ground.told) return
  if (ready) for (const name of names) map.getSource(name).setData(collection(held[name]()))
  else for (const name of names) late.add(name)
}
