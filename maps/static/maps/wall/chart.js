/** One of the wall's two maps: made once, then told what to show. */

import * as maplibre from 'maplibre-gl'
import { palettes } from 'maps/palette.js'
import { addStar } from 'maps/labels.js'
import { keepScale } from 'maps/scale.js'
import { addMarks } from './marks.js'
import { momentOf, wallStyle } from './style.js'

// One ripple; the mark under it stays until the tiles have brought the case.
const RIPPLE_MS = 4000
const FRESH_S = 600
const still = matchMedia('(prefers-reduced-motion: reduce)').matches

/**
 * @typedef {{bounds: number[], padding: () => object, label: string, size: number, only: string[] | null,
 *   without: string[], scaleBar: HTMLElement, length: (metres: number) => string,
 *   onCase: (number: string) => void, onGrid: (code: string, name: string) => void, onTrouble: () => void}} Part
 */

/**
 * @param {HTMLElement} container
 * @param {import('maps/style.js').Shown} shown
 * @param {Part} part
 */
export function makeWallMap(container, shown, part) {
  maplibre.setWorkerUrl(import.meta.resolve('maplibre-gl').replace(/maplibre-gl\.mjs/, 'maplibre-gl-worker.mjs'))
  const map = new maplibre.Map({
    container,
    style: wallStyle(shown, part),
    bounds: part.bounds,
    fitBoundsOptions: { padding: part.padding() },
    minZoom: 7,
    maxZoom: 19,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    fadeDuration: still ? 0 : 160,
    localIdeographFontFamily: getComputedStyle(document.body).fontFamily,
    locale: { 'Map.Title': part.label },
  })
  map.touchZoomRotate.disableRotation()
  map.keyboard.disableRotation()
  addStar(map, shown.scale)
  addMarks(map, shown.scale, palettes[shown.theme].halo)
  keepScale(map, part.scaleBar, part.length)
  map.on('error', part.onTrouble)
  map.on('idle', () => container.setAttribute('aria-busy', 'false'))
  pointing(map, part)
  const ready = new Promise((done) => { map.once('load', done) })
  /** @type {Map<string, string>} */
  let filled = new Map()
  return {
    map,
    ready,
    whole: () => map.fitBounds(part.bounds, { padding: part.padding(), animate: !still }),
    /** @param {string} url with {z}/{x}/{y} @param {number} at epoch seconds of the moment */
    cases: (url, at) => {
      map.getSource('cases').setTiles([url])
      map.setFilter('ring', ['>=', ['get', 'newest'], Math.floor(at) - FRESH_S])
      const then = momentOf(Math.floor(at))
      map.setFilter('overdue', then.overdue)
      map.setLayoutProperty('case', 'icon-size', then.size(shown.scale * part.size))
      map.setPaintProperty('case', 'icon-opacity', then.opacity)
    },
    /** @param {boolean} on */
    showCases: (on) => {
      for (const id of ['ring', 'overdue', 'case', 'cluster', 'cluster-count']) map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none')
    },
    /** A colour for each grid that has one. @param {Map<string, string>} next */
    fills: (next) => {
      const at = (id) => ({ source: 'grids', sourceLayer: 'grids', id })
      for (const code of filled.keys()) if (!next.has(code)) map.setFeatureState(at(code), { fill: null })
      for (const [code, colour] of next) if (filled.get(code) !== colour) map.setFeatureState(at(code), { fill: colour })
      filled = new Map(next)
    },
    /** A line under the name of each subdistrict. @param {Record<string, string>} lines */
    lines: (lines) => {
      const pairs = Object.entries(lines).flat()
      const line = pairs.length ? ['match', ['get', 'code'], ...pairs, ''] : ''
      map.setLayoutProperty('subdistrict-name', 'text-field',
        ['format', ['get', 'name'], {}, line, { 'font-scale': 0.9, 'text-font': ['literal', ['Figures']] }])
    },
    /** @param {HTMLCanvasElement | null} canvas @param {number[]} [box] west, south, east, north */
    density: (canvas, box) => {
      map.setLayoutProperty('density', 'visibility', canvas ? 'visible' : 'none')
      if (!canvas || !box) return
      const [west, south, east, north] = box
      const order = map.getStyle().layers.map((layer) => layer.id)
      const layer = map.getStyle().layers[order.indexOf('density')]
      map.removeLayer('density')
      map.removeSource('density')
      map.addSource('density', { type: 'canvas', canvas, animate: false, coordinates: [[west, north], [east, north], [east, south], [west, south]] })
      map.addLayer(layer, order[order.indexOf('density') + 1])
    },
    /** @param {number[]} box west, south, east, north */
    frame: ([west, south, east, north]) => {
      const ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
      map.getSource('frame').setData({ type: 'Feature', properties: {}, geometry: { type: 'LineString', coordinates: ring } })
    },
    /** One ripple where something has just come in. @param {number} lon @param {number} lat @param {string} kind */
    ripple: (lon, lat, kind) => {
      const element = document.createElement('div')
      element.className = `ripple ${kind}`
      const marker = new maplibre.Marker({ element }).setLngLat([lon, lat]).addTo(map)
      return () => marker.remove()
    },
  }
}

export { RIPPLE_MS }

/** @param {any} map @param {Part} part */
function pointing(map, part) {
  /** @type {string | number | undefined} */
  let over
  const lift = (id) => {
    if (id === over || !map.getSource('grids')) return
    const state = (one, hover) => map.setFeatureState({ source: 'grids', sourceLayer: 'grids', id: one }, { hover })
    if (over != null) state(over, false)
    if (id != null) state(id, true)
    over = id
    map.getCanvas().style.cursor = id == null ? '' : 'pointer'
  }
  map.on('mousemove', 'grid-fill', (event) => lift(event.features?.[0]?.id))
  map.on('mouseleave', 'grid-fill', () => lift(undefined))
  map.on('click', (event) => {
    const near = [[event.point.x - 4, event.point.y - 4], [event.point.x + 4, event.point.y + 4]]
    const [hit] = map.queryRenderedFeatures(near, { layers: ['case', 'cluster'] })
    if (hit && hit.properties.n === 1) return part.onCase(hit.properties.number)
    if (hit) return map.easeTo({ center: hit.geometry.coordinates, zoom: Math.min(map.getZoom() + 2, 18), animate: !still })
    const [grid] = map.queryRenderedFeatures(event.point, { layers: ['grid-fill'] })
    if (grid) part.onGrid(grid.properties.code, grid.properties.name)
  })
}
