/** A map with two points and the line between them. */

import * as maplibre from 'maplibre-gl'
import { addStar } from 'maps/labels.js'
import { style } from 'maps/style.js'

const EARTH_M = 6_371_008.8
const CLOSEST = 18

/** @typedef {{lon: number, lat: number}} Spot */

/** Metres along a great circle. @param {Spot} a @param {Spot} b */
export function metresBetween(a, b) {
  const rad = Math.PI / 180
  const half = Math.sin(((b.lat - a.lat) * rad) / 2) ** 2
    + Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin(((b.lon - a.lon) * rad) / 2) ** 2
  return 2 * EARTH_M * Math.asin(Math.sqrt(half))
}

/** @param {Spot} spot @param {string} name */
const point = (spot, name) => ({ type: 'Feature', properties: { name }, geometry: { type: 'Point', coordinates: [spot.lon, spot.lat] } })

/** @param {Spot | null} a @param {Spot | null} b */
function pair(a, b) {
  const features = /** @type {object[]} */ ([])
  if (a && b) features.push({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: [[a.lon, a.lat], [b.lon, b.lat]] } })
  if (b) features.push(point(b, 'B'))
  if (a) features.push(point(a, 'A'))
  return /** @type {any} */ ({ type: 'FeatureCollection', features })
}

/**
 * @param {HTMLElement} container
 * @param {{place: string, tiles: string, edition: string, say: (key: string, values?: object) => string, at: Spot | null}} by
 */
export function pairMap(container, by) {
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  const theme = /** @type {'light' | 'dark'} */ (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light')
  const colours = getComputedStyle(document.documentElement)
  const colour = (/** @type {string} */ name) => colours.getPropertyValue(name).trim()
  const at = by.at ?? { lon: 0, lat: 0 }
  const map = new maplibre.Map({
    container,
    style: style({ theme, scale: 1, place: by.place, tiles: by.tiles, edition: by.edition, old: null, code: null, asked: null, say: by.say }),
    center: [at.lon, at.lat],
    zoom: 16,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    fadeDuration: 0,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': by.say('map.label') },
  })
  addStar(map, 1)
  /** @type {Spot | null} */
  let other = null
  const draw = () => /** @type {any} */ (map.getSource('pair'))?.setData(pair(by.at, other))
  map.once('load', () => {
    map.addSource('pair', { type: 'geojson', data: pair(by.at, other) })
    map.addLayer({ id: 'pair-line', type: 'line', source: 'pair', filter: ['==', ['geometry-type'], 'LineString'], paint: { 'line-color': colour('--text2'), 'line-width': 2, 'line-dasharray': [2, 2] } })
    map.addLayer({ id: 'pair-point', type: 'circle', source: 'pair', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 9, 'circle-color': ['match', ['get', 'name'], 'A', colour('--accent'), colour('--amber')], 'circle-stroke-color': colour('--bg'), 'circle-stroke-width': 2 } })
    map.addLayer({ id: 'pair-name', type: 'symbol', source: 'pair', filter: ['==', ['geometry-type'], 'Point'], layout: { 'text-field': ['get', 'name'], 'text-size': 11, 'text-allow-overlap': true, 'text-font': ['Figures Bold'] }, paint: { 'text-color': colour('--bg') } })
  })
  map.on('idle', () => container.setAttribute('aria-busy', 'false'))
  return {
    /** @param {Spot | null} spot of the other case */
    show(spot) {
      other = spot
      draw()
      if (!spot || !by.at) return
      const bounds = new maplibre.LngLatBounds([by.at.lon, by.at.lat], [by.at.lon, by.at.lat]).extend([spot.lon, spot.lat])
      map.fitBounds(bounds, { padding: 64, maxZoom: CLOSEST, animate: false })
    },
  }
}
