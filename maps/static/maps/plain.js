/** A map of the grids as most pages want it: made once, given a new style when the theme turns. */

import * as maplibre from 'maplibre-gl'
import { make } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { addStar } from './labels.js'
import { style } from './style.js'

/** 1 up to 1920 px of width; a wider screen shows the same picture. */
export const scale = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
export const still = matchMedia('(prefers-reduced-motion: reduce)').matches
export const NOTHING = { type: 'FeatureCollection', features: [] }

/**
 * @param {any} geometry
 * @param {object} [properties]
 */
export const feature = (geometry, properties = {}) => ({ type: 'Feature', geometry, properties })
/** @param {any[]} features */
export const collection = (features) => ({ type: 'FeatureCollection', features })
export { maplibre }

/**
 * @param {HTMLElement} container
 * @param {any} config of the page: `place`, `edition`, `bounds`, `urls.tiles`
 * @param {(key: string, values?: object) => string} say knows `map.label`, `map.without`, `grids.count` and `grid.number`
 * @param {(map: any) => void} draw adds the page's own layers: once the map is there, and after each new style
 * @returns {any} null where this browser cannot draw one; the container says so then
 */
export function makeMap(container, config, say, draw) {
  if (!document.createElement('canvas').getContext('webgl2')) {
    container.replaceChildren(make('p', { class: 'none' }, say('map.without')))
    container.setAttribute('aria-busy', 'false')
    return null
  }
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  const look = () => style({ theme: theme(), scale, place: config.place, tiles: config.urls.tiles, edition: config.edition, old: null, code: null, asked: null, say })
  const map = new maplibre.Map({
    container,
    style: look(),
    bounds: config.bounds,
    fitBoundsOptions: { padding: 24 * scale },
    minZoom: 7,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: 0,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': say('map.label') },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  addStar(map, scale)
  map.once('load', () => draw(map))
  map.on('idle', () => container.setAttribute('aria-busy', 'false'))
  document.addEventListener('theme', () => {
    map.setStyle(look())
    map.once('styledata', () => {
      addStar(map, scale)
      draw(map)
    })
  })
  return map
}
