/** The map beside the case: the same question as the rows, the open case in ink, a pin that is moved. */

import * as maplibre from 'maplibre-gl'
import { byId, make } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { addStar } from 'maps/labels.js'
import { palettes } from 'maps/palette.js'
import { style } from 'maps/style.js'
import { addMarks } from 'maps/wall/marks.js'
import { asked, config, desk, on, say, tell } from './state.js'

const NOTHING = { type: 'FeatureCollection', features: [] }
const CLOSE_ZOOM = 15.2
const REST_MS = 1200
const HEAVY = ['Figures Bold']
/** 1 up to 1920 px of width; a wider screen shows the same picture. */
const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
const still = matchMedia('(prefers-reduced-motion: reduce)').matches
/** @type {any} */ let map = null
/** @type {any} */ let pin = null

export function beginMap() {
  const container = byId('map')
  if (!document.createElement('canvas').getContext('webgl2')) {
    container.replaceChildren(make('p', { class: 'none' }, say('map.without')))
    container.setAttribute('aria-busy', 'false')
    return
  }
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  map = new maplibre.Map({
    container,
    style: look(),
    bounds: config.bounds,
    fitBoundsOptions: { padding: 24 },
    minZoom: 7,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: still ? 0 : 160,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': say('map.label') },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  marks()
  map.on('idle', () => {
    container.setAttribute('aria-busy', 'false')
    tell('map-idle')
  })
  map.on('moveend', moved)
  map.on('click', clicked)
  for (const layer of ['case', 'cluster']) {
    map.on('mouseenter', layer, () => { map.getCanvas().style.cursor = 'pointer' })
    map.on('mouseleave', layer, () => { map.getCanvas().style.cursor = '' })
  }
  byId('zoom-in').addEventListener('click', () => map.zoomIn({ animate: !still }))
  byId('zoom-out').addEventListener('click', () => map.zoomOut({ animate: !still }))
  byId('whole').addEventListener('click', () => map.fitBounds(config.bounds, { padding: 24, animate: !still }))
  addEventListener('resize', () => map.resize())
  new ResizeObserver(() => map.resize()).observe(container)
  document.addEventListener('theme', () => {
    map.setStyle(look())
    map.once('styledata', () => {
      marks()
      chosen()
    })
  })
  let later = 0
  on('question', ask)
  on('live', () => {
    clearTimeout(later)
    later = setTimeout(ask, REST_MS)
  })
  on('done', ask)
  on('cursor', chosen)
  on('rows', chosen)
  on('open', () => chosen())
  on('case', () => {
    chosen()
    go()
  })
  on('closed', chosen)
  on('box-wanted', box)
  on('pin-begin', beginPin)
  on('pin-end', endPin)
}

function marks() {
  addStar(map, scale)
  addMarks(map, scale, palettes[theme()].halo)
}

/** Where tiles of what is asked come from; a place on the map is not asked of them. */
function address() {
  const { bbox: _bbox, ...query } = asked()
  return new URL(`${config.urls.tiles}cases/`, location.href).href + `{z}/{x}/{y}.mvt?${new URLSearchParams(query)}`
}

function look() {
  const shown = { theme: theme(), scale, place: config.place, tiles: config.urls.tiles, edition: config.edition, old: null, code: null, asked: null, say }
  const drawn = style(shown)
  // Stations are not what one looks for here: their stars stay, their names give way.
  const base = { ...drawn, layers: drawn.layers.map((layer) => (layer.id === 'stations' ? { ...layer, layout: { ...layer.layout, 'text-field': '', 'icon-size': 0.75 * scale } } : layer)) }
  const c = palettes[shown.theme]
  const one = ['==', ['get', 'n'], 1]
  const many = ['>', ['get', 'n'], 1]
  const radius = ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1.4, 9 * scale, 5, 13 * scale, 15, 21 * scale]
  const at = { source: 'cases', 'source-layer': 'cases' }
  const layers = [
    { id: 'cursor-ring', type: 'circle', source: 'cursor', paint: { 'circle-radius': 11 * scale, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': c.accent, 'circle-stroke-width': 2 * scale } },
    { id: 'cluster', type: 'circle', ...at, filter: many, paint: { 'circle-radius': radius, 'circle-color': c.halo, 'circle-stroke-color': c.text2, 'circle-stroke-width': 1.25 } },
    { id: 'cluster-count', type: 'symbol', ...at, filter: many, layout: { 'text-field': ['to-string', ['get', 'n']], 'text-font': HEAVY, 'text-size': 13 * scale, 'text-allow-overlap': true, 'text-ignore-placement': true }, paint: { 'text-color': c.text } },
    { id: 'case', type: 'symbol', ...at, filter: one, layout: { 'icon-image': ['get', 'kind'], 'icon-size': scale, 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
    { id: 'chosen-halo', type: 'circle', source: 'chosen', paint: { 'circle-radius': 14 * scale, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': c.halo, 'circle-stroke-width': 5 * scale } },
    { id: 'chosen-ring', type: 'circle', source: 'chosen', paint: { 'circle-radius': 13 * scale, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': c.ink, 'circle-stroke-width': 2.5 * scale } },
    { id: 'chosen', type: 'symbol', source: 'chosen', layout: { 'icon-image': ['get', 'kind'], 'icon-size': 1.25 * scale, 'icon-allow-overlap': true, 'icon-ignore-placement': true } },
  ]
  const geojson = () => ({ type: 'geojson', data: NOTHING })
  return {
    ...base,
    sources: { ...base.sources, cases: { type: 'vector', tiles: [address()], minzoom: 0, maxzoom: 18 }, chosen: geojson(), cursor: geojson() },
    layers: [...base.layers, ...layers],
  }
}

function ask() {
  map?.getSource('cases')?.setTiles([address()])
}

/** @param {any} row */
const point = (row) => ({ type: 'FeatureCollection', features: row?.position ? [{ type: 'Feature', properties: { kind: row.kind }, geometry: { type: 'Point', coordinates: [row.position.lon, row.position.lat] } }] : [] })

/** The open case in ink; the row under the cursor in a thin ring; the grid of the case. */
function chosen() {
  if (!map?.getSource('chosen')) return
  const open = desk.open?.position ? desk.open : desk.rows.find((one) => one.number === desk.open?.number)
  const under = desk.rows.find((one) => one.number === desk.cursor)
  map.getSource('chosen').setData(point(open))
  map.getSource('cursor').setData(point(under && under.number !== desk.open?.number ? under : null))
  map.removeFeatureState({ source: 'grids', sourceLayer: 'grids' })
  const grid = open?.grid?.code
  if (grid) map.setFeatureState({ source: 'grids', sourceLayer: 'grids', id: grid }, { selected: true })
  byId('map-said').textContent = desk.open && !open?.position ? say('map.no_position') : ''
}

/** To the open case, unless it is in sight and near enough. */
function go() {
  const at = desk.open?.position
  if (!at || !map) return
  const seen = map.getBounds().contains([at.lon, at.lat]) && map.getZoom() > CLOSE_ZOOM - 1.5
  if (seen || desk.onMap) return
  map.easeTo({ center: [at.lon, at.lat], zoom: Math.max(map.getZoom(), CLOSE_ZOOM), animate: !still, duration: 160 })
}

function box() {
  if (!map) return
  const { _sw: sw, _ne: ne } = map.getBounds()
  const bound = (value, most) => Math.max(-most, Math.min(most, value)).toFixed(6)
  desk.box = [bound(sw.lng, 180), bound(sw.lat, 90), bound(ne.lng, 180), bound(ne.lat, 90)].join(',')
}

let resting = 0
function moved() {
  if (!desk.onMap) return
  clearTimeout(resting)
  resting = setTimeout(() => {
    const before = desk.box
    box()
    if (desk.box !== before) tell('question')
  }, 250)
}

/** @param {any} event */
function clicked(event) {
  if (pin) {
    pin.setLngLat(event.lngLat)
    return place()
  }
  const around = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]]
  const found = map.queryRenderedFeatures(around, { layers: ['case', 'cluster'] })[0]
  if (!found) return
  if (found.properties.number) return tell('want', found.properties.number)
  map.easeTo({ center: found.geometry.coordinates, zoom: Math.min(19, map.getZoom() + 2), animate: !still })
}

/** @param {{lon: number | null, lat: number | null}} from */
function beginPin({ lon, lat }) {
  if (!map) return
  endPin()
  const at = lon != null && lat != null ? [lon, lat] : map.getCenter()
  const look = make('div', { class: 'pin', 'aria-label': say('pin') })
  pin = new maplibre.Marker({ element: look, draggable: true, anchor: 'bottom' }).setLngLat(at).addTo(map)
  pin.on('dragend', place)
  map.easeTo({ center: at, zoom: Math.max(map.getZoom(), 16), animate: !still })
  byId('map-said').textContent = say('pin.how')
  document.body.classList.add('pinning')
}

function place() {
  const { lng, lat } = pin.getLngLat()
  tell('pin', { lon: Number(lng.toFixed(6)), lat: Number(lat.toFixed(6)) })
}

function endPin() {
  pin?.remove()
  pin = null
  document.body.classList.remove('pinning')
  if (map) chosen()
}

/** Numbers of the single cases that stand on the map, and how many all its marks count. */
export function onMap() {
  const seen = new Map()
  for (const one of map?.queryRenderedFeatures({ layers: ['case', 'cluster'] }) ?? []) seen.set(one.geometry.coordinates.join(), one.properties)
  return [...seen.values()]
}
