/** Words and marks on the map. Labels come from point layers, so that none repeats at a tile's border. */

import { palettes } from './palette.js'

/** MapLibre draws glyphs from the page's own faces; it takes the weight from the name. */
const HEAVY = ['Figures Bold']
const PLAIN = ['Figures']
/** Where a label may go when a mark stands in its place. @param {number} by in ems @param {string[]} [aside] */
const room = (by, aside = []) => ({
  'text-variable-anchor': ['center', 'top', 'bottom', ...aside], 'text-radial-offset': by, 'text-justify': 'auto',
})

/**
 * @param {import('./style.js').Shown} shown
 * @returns {any[]} layers; the last is placed first, and the others give way to it
 */
export function labels(shown) {
  return [...grids(shown), ...regions(shown), stations(shown)]
}

/** Two digits inside a grid that has room for them; in words from zoom 15. @param {import('./style.js').Shown} shown */
function grids({ theme, scale, say }) {
  const c = palettes[theme]
  const [before, after] = say('grid.number', { n: '\u0000' }).split('\u0000')
  const label = (id, range, filter, text, size) => ({
    id, type: 'symbol', source: 'grid_labels', 'source-layer': 'grid_labels', ...range, ...filter,
    layout: { 'text-field': text, 'text-font': HEAVY, 'text-size': size * scale, 'text-padding': 3, 'symbol-sort-key': ['-', ['get', 'area_m2']], ...room(0.75) },
    paint: { 'text-color': c.text2, 'text-halo-color': c.halo, 'text-halo-width': 1.6 * scale },
  })
  const roomy = (m2) => ({ filter: ['>', ['get', 'area_m2'], m2] })
  return [
    label('grid-number-far', { minzoom: 12.2, maxzoom: 13.2 }, roomy(240_000), ['get', 'number'], 12),
    label('grid-number', { minzoom: 13.2, maxzoom: 14.2 }, roomy(60_000), ['get', 'number'], 13),
    label('grid-number-near', { minzoom: 14.2, maxzoom: 15 }, {}, ['get', 'number'], 13),
    label('grid-name', { minzoom: 15 }, {}, ['concat', before, ['get', 'number'], after], 14),
  ]
}

/** @param {import('./style.js').Shown} shown */
function regions({ theme, scale, say }) {
  const c = palettes[theme]
  const [before, after] = say('grids.count', { n: '\u0000' }).split('\u0000')
  const count = ['concat', '\n', before, ['to-string', ['get', 'grid_count']], after]
  const label = (id, range, level, text, size, font) => ({
    id, type: 'symbol', source: 'region_labels', 'source-layer': 'region_labels', ...range,
    filter: ['==', ['get', 'level'], level],
    layout: { 'text-field': text, 'text-font': font, 'text-size': size * scale, 'text-padding': 8, 'text-line-height': 1.4, 'text-max-width': 12, 'symbol-sort-key': ['-', ['get', 'grid_count']], ...room(0.8, ['left', 'right']) },
    paint: { 'text-color': c.text, 'text-halo-color': c.halo, 'text-halo-width': 2 * scale },
  })
  const name = ['format', ['get', 'name'], {}]
  return [
    label('community-name', { minzoom: 12.6, maxzoom: 16 }, 'community', name, 13, HEAVY),
    label('subdistrict-name', { maxzoom: 12.2 }, 'subdistrict',
      ['format', ['get', 'name'], {}, count, { 'font-scale': 0.86, 'text-font': ['literal', PLAIN] }], 16, HEAVY),
  ]
}

/** A star in a circle; its name from zoom 15. @param {import('./style.js').Shown} shown */
function stations({ theme, scale }) {
  const c = palettes[theme]
  return {
    id: 'stations', type: 'symbol', source: 'stations', 'source-layer': 'stations',
    filter: ['step', ['zoom'],
      ['match', ['get', 'level'], ['district', 'subdistrict'], true, false],
      13, ['match', ['get', 'level'], ['district', 'subdistrict', 'community'], true, false],
      14.6, true],
    layout: {
      'icon-image': 'star', 'icon-size': scale, 'icon-allow-overlap': true, 'icon-padding': 1,
      'text-field': ['step', ['zoom'], '', 15, ['get', 'name']], 'text-font': HEAVY, 'text-size': 12 * scale,
      'text-anchor': 'top', 'text-offset': [0, 0.9], 'text-optional': true, 'text-max-width': 8,
    },
    paint: { 'text-color': c.party, 'text-halo-color': c.halo, 'text-halo-width': 1.8 * scale },
  }
}

/**
 * Draw the star in a circle, the mark of a party service station and of nothing else.
 * @param {any} map
 * @param {number} scale
 */
export function addStar(map, scale) {
  const ratio = 2 * Math.ceil(scale)
  const size = 18 * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  pen.scale(ratio, ratio)
  pen.translate(9, 9)
  pen.beginPath()
  pen.arc(0, 0, 7, 0, 2 * Math.PI)
  pen.fillStyle = '#D7263D'
  pen.fill()
  pen.lineWidth = 1.4
  pen.strokeStyle = '#FFFFFF'
  pen.stroke()
  pen.beginPath()
  for (let corner = 0; corner < 10; corner += 1) {
    const radius = corner % 2 ? 1.9 : 4.6
    const angle = -Math.PI / 2 + (corner * Math.PI) / 5
    pen.lineTo(radius * Math.cos(angle), radius * Math.sin(angle))
  }
  pen.closePath()
  pen.fillStyle = '#FFFFFF'
  pen.fill()
  map.addImage('star', pen.getImageData(0, 0, size, size), { pixelRatio: ratio })
}
