/** The wall's style: the ground and borders of every map here, and what happens on them. */

import { palettes } from 'maps/palette.js'
import { style } from 'maps/style.js'

const NOTHING = { type: 'FeatureCollection', features: [] }
export const RAMP = ['#1D2236', '#46245E', '#85296A', '#C43F58', '#EE7A45', '#FBD27A']
export const NONE = 'rgba(0,0,0,0)'
// Numbers of grids would stand among the cases; nearer, there is room for both.
const FAR = ['grid-number-far', 'grid-number']
const HEAVY = ['Figures Bold']

/**
 * @param {import('maps/style.js').Shown} shown
 * @param {{size: number, only: string[] | null, without: string[]}} part marks' size; the subdistricts
 *   whose names are written (null: all), and those that are written elsewhere
 * @returns {any} a MapLibre style
 */
export function wallStyle(shown, part) {
  const base = style(shown)
  const named = named_(part)
  // A screen of twice the size is one zoom level further in, and must show the same picture.
  const nearer = Math.log2(shown.scale)
  const moved = (layer) => ({
    ...layer,
    ...(layer.minzoom != null ? { minzoom: layer.minzoom + nearer } : {}),
    ...(layer.maxzoom != null ? { maxzoom: layer.maxzoom + nearer } : {}),
  })
  const layers = base.layers.filter((layer) => !FAR.includes(layer.id)).map(moved).map((layer) => {
    if (layer.id === 'grid-fill') return { ...layer, paint: { ...layer.paint, ...fill(shown) } }
    if (layer.id === 'subdistrict-name') return { ...layer, filter: ['all', layer.filter, named] }
    if (layer.id === 'grid-border') return { ...layer, paint: { ...layer.paint, 'line-opacity': 0.8 } }
    return layer
  })
  const below = layers.findIndex((layer) => layer.id === 'grid-border')
  const above = layers.findIndex((layer) => layer.id === 'subdistrict-name')
  layers.splice(above, 0, ...cases(shown, part.size))
  layers.splice(below, 0, { id: 'density', type: 'raster', source: 'density', layout: { visibility: 'none' }, paint: { 'raster-opacity': 0.92, 'raster-fade-duration': 0 } })
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = 1
  return {
    ...base,
    sources: {
      ...base.sources,
      cases: { type: 'vector', tiles: [], minzoom: 0, maxzoom: 18 },
      density: { type: 'canvas', canvas, animate: false, coordinates: [[0, 1], [1, 1], [1, 0], [0, 0]] },
      frame: { type: 'geojson', data: NOTHING },
    },
    layers: [...layers.filter((layer) => layer.id !== 'asked'), frame(shown)],
  }
}

/** @param {{only: string[] | null, without: string[]}} part */
const named_ = ({ only, without }) =>
  only ? ['in', ['get', 'code'], ['literal', only]] : ['!', ['in', ['get', 'code'], ['literal', without]]]

/** A grid takes the colour that the scene gave it, or a step of light under the pointer. @param {import('maps/style.js').Shown} shown */
function fill({ theme }) {
  const lift = palettes[theme].lift
  const given = ['to-color', ['coalesce', ['feature-state', 'fill'], NONE], NONE]
  return {
    'fill-color': ['case', ['boolean', ['feature-state', 'hover'], false], lift, given],
    'fill-opacity': 1,
  }
}

// The red of a deadline that has passed, as everywhere on dark.
const OVERDUE = '#ff6b6f'
const NEVER = ['==', ['get', 'n'], -1]

/** What a moment says of single cases: a closed one is small and faint, one that is overdue has a ring. @param {number} at */
export function momentOf(at) {
  const closed = ['<=', ['coalesce', ['get', 'closed'], 1e12], at]
  return {
    overdue: ['all', ['==', ['get', 'n'], 1], ['!', closed], ['<', ['coalesce', ['get', 'due'], 1e12], at]],
    size: (full) => ['case', closed, 0.55 * full, full],
    opacity: ['case', closed, 0.5, 1],
  }
}

/** @param {import('maps/style.js').Shown} shown @param {number} size */
function cases({ theme, scale }, size) {
  const c = palettes[theme]
  const s = scale * size
  const one = ['==', ['get', 'n'], 1]
  const many = ['>', ['get', 'n'], 1]
  const radius = ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1.4, 8 * s, 5, 13 * s, 15, 22 * s]
  const layers = [
    { id: 'ring', type: 'circle', source: 'cases', 'source-layer': 'cases', filter: ['>', ['get', 'newest'], 1e12],
      paint: { 'circle-radius': ['case', one, 10 * s, ['+', radius, 3 * s]], 'circle-color': 'rgba(255,255,255,.06)', 'circle-stroke-color': c.text, 'circle-stroke-opacity': 0.75, 'circle-stroke-width': 1.25 * scale } },
    { id: 'overdue', type: 'circle', source: 'cases', 'source-layer': 'cases', filter: NEVER,
      paint: { 'circle-radius': 8 * s, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': OVERDUE, 'circle-stroke-width': 2 * scale } },
    { id: 'case', type: 'symbol', source: 'cases', 'source-layer': 'cases', filter: one,
      layout: { 'icon-image': ['get', 'kind'], 'icon-size': s, 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'symbol-sort-key': ['get', 'newest'] } },
    { id: 'cluster', type: 'circle', source: 'cases', 'source-layer': 'cases', filter: many,
      paint: { 'circle-radius': radius, 'circle-color': c.lift, 'circle-stroke-color': c.text2, 'circle-stroke-width': 1.25 * scale } },
    { id: 'cluster-count', type: 'symbol', source: 'cases', 'source-layer': 'cases', filter: many,
      layout: { 'text-field': ['to-string', ['get', 'n']], 'text-font': HEAVY, 'text-size': Math.max(12, 13 * size) * scale, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': c.text } },
  ]
  // Nothing is asked for before the moment is known.
  return layers.map((layer) => ({ ...layer, layout: { ...layer.layout, visibility: 'none' } }))
}

/** Where the second map lies on the first one. @param {import('maps/style.js').Shown} shown */
const frame = ({ theme, scale }) => ({
  id: 'frame', type: 'line', source: 'frame', paint: { 'line-color': palettes[theme].subdistrict, 'line-width': scale, 'line-opacity': 0.8 },
})
