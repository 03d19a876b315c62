/** The MapLibre map: made once, given a new style whenever what is shown changes. */

import * as maplibre from 'maplibre-gl'
import { addStar } from './labels.js'
import { keepScale } from './scale.js'
import { addCells, addHatch } from './stale.js'
import { style } from './style.js'

/** @returns {boolean} whether this browser can draw the map at all */
export function canDraw() {
  return document.createElement('canvas').getContext('webgl2') != null
}

/**
 * @param {HTMLElement} container
 * @param {import('./style.js').Shown} shown
 * @param {{bounds: number[], label: string, length: (metres: number) => string,
 *   ask: (lon: number, lat: number) => void, trouble: () => void}} by
 */
export function makeChart(container, shown, by) {
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const rem = shown.scale * 16
  const map = new maplibre.Map({
    container,
    style: style(shown),
    bounds: by.bounds,
    fitBoundsOptions: { padding: 2 * rem },
    maxBounds: widened(by.bounds),
    minZoom: 7,
    maxZoom: 19,
    hash: 'map',
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: still ? 0 : 160,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': by.label },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  addStar(map, shown.scale)
  keepScale(map, /** @type {HTMLElement} */ (document.getElementById('scale')), by.length)
  map.on('click', (event) => by.ask(event.lngLat.lng, event.lngLat.lat))
  map.on('error', by.trouble)
  map.on('idle', () => container.setAttribute('aria-busy', 'false'))
  map.once('idle', () => container.classList.add('drawn'))
  hover(map)
  keys(map, by.ask)
  return {
    map,
    /** @param {import('./style.js').Shown} next */
    show: (next) => {
      container.setAttribute('aria-busy', 'true')
      if (next.stale) addHatch(map, next.theme, next.scale)
      map.setStyle(style(next), { diff: true })
      addCells(map, next.stale ?? null, next.scale)
      select(map, next.code)
    },
    whole: () => map.fitBounds(by.bounds, { padding: 2 * rem, animate: !still }),
    /** Bring a position into view, without moving when it is there already. @param {number} lon @param {number} lat */
    reveal: (lon, lat) => {
      if (!map.getBounds().contains([lon, lat])) map.easeTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), 14), animate: !still })
    },
  }
}

/** @param {number[]} bounds */
function widened([west, south, east, north]) {
  const x = Math.max(east - west, 0.05)
  const y = Math.max(north - south, 0.05)
  return [[Math.max(west - 3 * x, -180), Math.max(south - 3 * y, -85)], [Math.min(east + 3 * x, 180), Math.min(north + 3 * y, 85)]]
}

/** Mark the grid of the answer; as a state of the drawn tiles it shows at once. @param {any} map @param {string | null} code */
function select(map, code) {
  if (!map.getSource('grids')) return
  map.removeFeatureState({ source: 'grids', sourceLayer: 'grids' })
  if (code) map.setFeatureState({ source: 'grids', sourceLayer: 'grids', id: code }, { selected: true })
}

/** Lift the grid under the pointer. @param {any} map */
function hover(map) {
  /** @type {string | number | undefined} */
  let over
  const set = (id) => {
    if (id === over || !map.getSource('grids')) return
    if (over != null) map.setFeatureState({ source: 'grids', sourceLayer: 'grids', id: over }, { hover: false })
    if (id != null) map.setFeatureState({ source: 'grids', sourceLayer: 'grids', id }, { hover: true })
    over = id
    map.getCanvas().style.cursor = id == null ? '' : 'pointer'
  }
  map.on('mousemove', 'grid-fill', (event) => set(event.features?.[0]?.id))
  map.on('mouseleave', 'grid-fill', () => set(undefined))
}

/** Enter asks at the cross in the middle. @param {any} map @param {(lon: number, lat: number) => void} ask */
function keys(map, ask) {
  map.getCanvas().addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return
    event.preventDefault()
    const { lng, lat } = map.getCenter()
    ask(lng, lat)
  })
}
