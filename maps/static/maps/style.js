/**
 * The map's style as a pure function of what is shown. No base map: sea, wash, land, grids and borders
 * carry every zoom. The order of the layers is the order of the picture, from the ground up.
 */

import { palettes } from './palette.js'
import { labels } from './labels.js'
import { asked, tiles } from './sources.js'
import { staleLayers } from './stale.js'

/**
 * @typedef {{theme: 'light' | 'dark', scale: number, place: string, tiles: string, edition: string,
 *   old: string | null, code: string | null, asked: {lon: number, lat: number, accuracy: number} | null,
 *   stale?: {told: any, cells: HTMLCanvasElement | null} | null, say: (key: string, values?: object) => string}} Shown
 */

/** Widths by zoom, in px at 16 px to the rem. @param {number} scale @param {...number} steps */
const width = (scale, ...steps) =>
  ['interpolate', ['exponential', 1.6], ['zoom'], ...steps.map((value, i) => (i % 2 ? value * scale : value))]

/** @param {string} level */
const level = (level) => ['==', ['get', 'level'], level]

/**
 * @param {Shown} shown
 * @returns {any} a MapLibre style
 */
export function style(shown) {
  const sources = {
    regions: tiles(shown, shown.edition, 'regions'),
    grids: tiles(shown, shown.edition, 'grids'),
    region_labels: tiles(shown, shown.edition, 'region_labels'),
    grid_labels: tiles(shown, shown.edition, 'grid_labels'),
    stations: tiles(shown, shown.edition, 'stations'),
    ...(shown.old ? { old: tiles(shown, shown.old, 'grids') } : {}),
    asked: asked(shown.asked),
  }
  const stale = shown.stale ? staleLayers(shown.stale, shown.theme, shown.scale) : []
  const layers = [...ground(shown), ...stale, ...borders(shown), ...selection(shown), ...labels(shown), ...point(shown)]
  return { version: 8, sources, layers, transition: { duration: 0, delay: 0 } }
}

/** Sea, the wash along the shore, land. The wash is a wide line that the land then covers by half. @param {Shown} shown */
function ground({ theme, scale }) {
  const c = palettes[theme]
  const wash = (id, of, colour, px) => ({
    id, type: 'line', source: of, 'source-layer': of, ...(of === 'regions' ? { filter: level('subdistrict') } : {}),
    layout: { 'line-join': 'round' }, paint: { 'line-color': colour, 'line-width': px * scale },
  })
  const land = (of) => ({
    id: `land-${of}`, type: 'fill', source: of, 'source-layer': of,
    paint: { 'fill-color': c.land, 'fill-antialias': false },
  })
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': c.sea } },
    wash('wash-far', 'grids', c.wash[0], 52),
    wash('wash-near', 'grids', c.wash[1], 24),
    wash('shore-grids', 'grids', c.shore, 3.6),
    wash('shore-regions', 'regions', c.shore, 3.6),
    land('regions'),
    land('grids'),
    {
      id: 'grid-fill', type: 'fill', source: 'grids', 'source-layer': 'grids',
      paint: {
        'fill-color': c.lift, 'fill-antialias': false,
        'fill-opacity': ['case', ['boolean', ['feature-state', 'hover'], false], 1, 0],
      },
    },
  ]
}

/** Old borders wide and violet beneath, then grids, communities, subdistricts. @param {Shown} shown */
function borders({ theme, scale, old }) {
  const c = palettes[theme]
  const line = (id, source, of, colour, by, more = {}) => ({
    id, type: 'line', source, 'source-layer': of, layout: { 'line-join': 'round', 'line-cap': 'round' },
    paint: { 'line-color': colour, 'line-width': by }, ...more,
  })
  const w = (...steps) => width(scale, ...steps)
  const compared = old != null
  return [
    ...(compared ? [line('old-border', 'old', 'grids', c.old, w(9, 1, 12, 2.4, 15, 5.5))] : []),
    line('grid-border', 'grids', 'grids', compared ? c.over : c.grid,
      compared ? w(9, 0.3, 12, 0.6, 15, 1.3, 17, 2.2) : w(9, 0.3, 12, 0.7, 15, 1.4, 17, 2.4)),
    ...(compared ? [] : [
      line('community-border', 'regions', 'regions', c.community, w(11, 0.6, 13, 1.2, 16, 2.6),
        { filter: level('community'), minzoom: 11.2 }),
      line('subdistrict-border', 'regions', 'regions', c.subdistrict, w(9, 0.7, 12, 1.5, 16, 3),
        { filter: level('subdistrict') }),
    ]),
  ]
}

/** The grid of the answer: ink over a halo. @param {Shown} shown */
function selection({ theme, scale }) {
  const c = palettes[theme]
  const line = (id, colour, px) => ({
    id, type: 'line', source: 'grids', 'source-layer': 'grids', layout: { 'line-join': 'round' },
    paint: { 'line-color': colour, 'line-width': px * scale, 'line-opacity': ['case', ['boolean', ['feature-state', 'selected'], false], 1, 0] },
  })
  return [line('selected-halo', c.halo, 7), line('selected', c.ink, 3.5)]
}

/** Where was asked: a dot, and the circle of accuracy. @param {Shown} shown */
function point({ theme, scale }) {
  const c = palettes[theme]
  return [
    { id: 'accuracy', type: 'fill', source: 'asked', filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'fill-color': c.accent, 'fill-opacity': 0.12 } },
    { id: 'accuracy-edge', type: 'line', source: 'asked', filter: ['==', ['geometry-type'], 'Polygon'],
      paint: { 'line-color': c.accent, 'line-width': 1.5 * scale, 'line-dasharray': [3, 2] } },
    { id: 'asked', type: 'circle', source: 'asked', filter: ['==', ['geometry-type'], 'Point'],
      paint: { 'circle-radius': 5 * scale, 'circle-color': c.accent, 'circle-stroke-color': c.halo, 'circle-stroke-width': 2 * scale } },
  ]
}
