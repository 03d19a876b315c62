/** The map under a fixed pin: it moves, the pin does not. The picture is the one of the map page. */

import * as maplibre from 'maplibre-gl'
import { addStar } from 'maps/labels.js'
import { asked } from 'maps/sources.js'
import { style } from 'maps/style.js'

/** From this zoom on, the tip of the pin is a spot and not a neighbourhood. */
export const SHARP_ZOOM = 15

/**
 * @param {HTMLElement} container
 * @param {{bounds: number[], view: {lon: number, lat: number, zoom: number} | null, place: string, tiles: string,
 *   edition: string, say: (key: string, values?: object) => string, moved: () => void}} by
 */
export function makePinMap(container, by) {
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches
  const [west, south, east, north] = by.bounds
  const shown = { theme: /** @type {'light'} */ ('light'), scale: 1, place: by.place, tiles: by.tiles, edition: by.edition, old: null, code: null, asked: null, say: by.say }
  const map = new maplibre.Map({
    container,
    style: style(shown),
    ...(by.view ? { center: [by.view.lon, by.view.lat], zoom: by.view.zoom } : { bounds: by.bounds, fitBoundsOptions: { padding: 16 } }),
    maxBounds: [[Math.max(west - 1, -180), Math.max(south - 1, -85)], [Math.min(east + 1, 180), Math.min(north + 1, 85)]],
    minZoom: 8,
    maxZoom: 20,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    // The spot stays under the pin while one zooms.
    scrollZoom: { around: 'center' },
    touchZoomRotate: { around: 'center' },
    doubleClickZoom: false,
    fadeDuration: still ? 0 : 160,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': by.say('map.label') },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  addStar(map, 1)
  map.on('idle', () => container.setAttribute('aria-busy', 'false'))
  map.once('idle', () => container.classList.add('drawn'))
  map.on('movestart', () => container.parentElement?.classList.add('moving'))
  map.on('moveend', () => {
    container.parentElement?.classList.remove('moving')
    by.moved()
  })
  // A tap brings that spot under the pin.
  map.on('click', (event) => map.easeTo({ center: event.lngLat, animate: !still }))
  /** @type {string | null} */
  let selected = null
  return {
    map,
    centre: () => {
      const { lng, lat } = map.getCenter()
      return { lon: Number(lng.toFixed(6)), lat: Number(lat.toFixed(6)), zoom: map.getZoom() }
    },
    /** @param {number} lon @param {number} lat @param {number} zoom */
    go: (lon, lat, zoom) => map.jumpTo({ center: [lon, lat], zoom: Math.max(map.getZoom(), zoom) }),
    closer: () => map.easeTo({ zoom: Math.max(map.getZoom() + 2, Math.min(SHARP_ZOOM, map.getZoom() + 4)), animate: !still }),
    /** The circle within which the phone says it is. @param {{lon: number, lat: number, accuracy: number} | null} fix */
    circle: (fix) => {
      const set = () => /** @type {any} */ (map.getSource('asked'))?.setData(/** @type {any} */ (asked(fix)).data)
      if (map.isStyleLoaded()) set()
      else map.once('idle', set)
    },
    /** @param {string | null} code of the grid under the pin */
    mark: (code) => {
      if (code === selected || !map.getSource('grids')) return
      map.removeFeatureState({ source: 'grids', sourceLayer: 'grids' })
      if (code) map.setFeatureState({ source: 'grids', sourceLayer: 'grids', id: code }, { selected: true })
      selected = code
    },
  }
}
