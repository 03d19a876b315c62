/** How long ago the ground was last recorded, on the map and on the wall: colours, cells and a pattern. */

import { make } from 'gis/page.js'
import { painted } from './painted.js'
import { palettes } from './palette.js'

export const NOT_RECORDED = 'not_recorded'
/** By lightness alone as days pass, towards what stands out; what is not recorded has a pattern instead. @type {Record<'light' | 'dark', Record<string, string>>} */
export const RAMPS = {
  dark: { today: '#1F4478', '1-3': '#6980A6', '4-7': '#A9A08A', '8-14': '#F0D264' },
  light: { today: '#E2F0F5', '1-3': '#A6CBDD', '4-7': '#6496BC', '8-14': '#2F5A93' },
}
const LINES = { dark: '#B9C3D4', light: '#56657B' }
// From here on a cell of 50 m is two pixels wide.
const NEAR_ZOOM = 11.2
const TILE = 10
const CELLS = 'stale-cells'

/** @typedef {{classes: string[], cell_m: number, complete_until: string, corners: number[][] | null, image: string | null,
 *   whole: any, subdistricts: any[], grids: {grid: string, median: string}[]}} Told of `/api/v1/wall/staleness` */

/** The zoom from which cells are shown instead of grids. @param {number} scale */
export const nearZoom = (scale) => NEAR_ZOOM + Math.log2(scale)

/** The name of the pattern. @param {'light' | 'dark'} theme */
export const hatchOf = (theme) => `stale-hatch-${theme}`

/**
 * The cells in the colours of the legend; what is not recorded is left to the pattern below.
 * @param {Told} told @param {'light' | 'dark'} theme
 */
export const cellsOf = (told, theme) => painted(told.image, told.classes.map((name) => RAMPS[theme][name]))

/** Thin lines on the land, so that what is below does not show. @param {any} map @param {'light' | 'dark'} theme @param {number} scale */
export function addHatch(map, theme, scale) {
  if (map.hasImage(hatchOf(theme))) return
  const ratio = 2 * Math.ceil(scale)
  const size = TILE * ratio
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
  pen.fillStyle = palettes[theme].land
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = LINES[theme]
  pen.lineWidth = 1.1 * ratio
  // Three of them, so that the pattern goes on without a seam.
  for (const shift of [-size, 0, size]) {
    pen.beginPath()
    pen.moveTo(shift - 1, size + 1)
    pen.lineTo(shift + size + 1, -1)
    pen.stroke()
  }
  map.addImage(hatchOf(theme), pen.getImageData(0, 0, size, size), { pixelRatio: ratio / scale })
}

/** The sign of a class in a legend. @param {string} name @param {'light' | 'dark'} theme */
export function signOf(name, theme) {
  const box = make('i', { class: name === NOT_RECORDED ? 'box hatched' : 'box', 'aria-hidden': 'true' })
  if (RAMPS[theme][name]) box.style.background = RAMPS[theme][name]
  return box
}

/**
 * Grids by their median from afar, the pattern of what is not recorded, and room for cells from near.
 * @param {{told: Told}} stale @param {'light' | 'dark'} theme @param {number} scale
 */
export function staleLayers({ told }, theme, scale) {
  const near = nearZoom(scale)
  const known = told.grids.filter((one) => one.median !== NOT_RECORDED)
  const none = told.grids.filter((one) => one.median === NOT_RECORDED)
  const fill = (id, grids, paint, zooms) => ({
    id, type: 'fill', source: 'grids', 'source-layer': 'grids', filter: ['in', ['get', 'code'], ['literal', grids.map((one) => one.grid)]],
    paint: { ...paint, 'fill-antialias': false }, ...zooms,
  })
  const hatch = { 'fill-pattern': hatchOf(theme) }
  const colours = known.flatMap((one) => [one.grid, RAMPS[theme][one.median]])
  return [
    fill('stale-near', told.grids, hatch, { minzoom: near }),
    fill('stale-none', none, hatch, { maxzoom: near }),
    ...(known.length ? [fill('stale-far', known, { 'fill-color': ['match', ['get', 'code'], ...colours, 'rgba(0,0,0,0)'] }, { maxzoom: near })] : []),
  ]
}

/**
 * The cells over the pattern; a style cannot hold a canvas, so they come after it. Whatever was there before is replaced.
 * @param {any} map @param {{told: Told, cells: HTMLCanvasElement | null} | null} stale @param {number} scale
 */
export function addCells(map, stale, scale) {
  if (map.getLayer(CELLS)) map.removeLayer(CELLS)
  if (map.getSource(CELLS)) map.removeSource(CELLS)
  if (!stale?.cells || !stale.told.corners) return
  map.addSource(CELLS, { type: 'canvas', canvas: stale.cells, animate: false, coordinates: stale.told.corners })
  map.addLayer({ id: CELLS, type: 'raster', source: CELLS, minzoom: nearZoom(scale), paint: { 'raster-resampling': 'nearest', 'raster-fade-duration': 0 } }, 'grid-border')
}
