/** How long ago the ground was last recorded, on the wall: a colour for each grid from afar, its cells from near. */

import { byId, make } from 'gis/page.js'
import { NOT_RECORDED, RAMPS, addCells, addHatch, hatchOf, nearZoom, signOf } from 'maps/stale.js'

const THEME = 'dark'
const HATCH = 'stale-hatch'
/** The grids that bear marks of this scene. @type {WeakMap<any, string[]>} */
const marked = new WeakMap()

/** @typedef {import('maps/stale.js').Told} Told */

/** The colours of grids by the median of their ground. @param {Told} told @returns {Map<string, string>} */
export const fillsOf = (told) => new Map(told.grids.filter((one) => one.median !== NOT_RECORDED).map((one) => [one.grid, RAMPS[THEME][one.median]]))

/**
 * Draw it on one of the wall's maps; null takes it away.
 * @param {any} map @param {Told | null} told @param {HTMLCanvasElement | null} cells @param {number} scale
 */
export function drawStale(map, told, cells, scale) {
  if (map.getLayer(HATCH)) map.removeLayer(HATCH)
  const at = (id) => ({ source: 'grids', sourceLayer: 'grids', id })
  for (const code of marked.get(map) ?? []) map.setFeatureState(at(code), { stale: false, hatched: false })
  marked.set(map, told?.grids.map((one) => one.grid) ?? [])
  if (!told) return addCells(map, null, scale)
  const near = nearZoom(scale)
  for (const one of told.grids) map.setFeatureState(at(one.grid), { stale: true, hatched: one.median === NOT_RECORDED })
  addHatch(map, THEME, scale)
  const is = (name) => ['case', ['boolean', ['feature-state', name], false], 1, 0]
  map.addLayer({ id: HATCH, type: 'fill', source: 'grids', 'source-layer': 'grids', paint: { 'fill-pattern': hatchOf(THEME), 'fill-opacity': ['step', ['zoom'], is('hatched'), near, is('stale')], 'fill-antialias': false } }, 'grid-border')
  addCells(map, { told, cells }, scale)
}

/** @param {string} name */
const sign = (name) => signOf(name, THEME)

/** @param {Told} told @param {{say: (key: string, values?: object) => string, number: (value: number) => string}} voice */
export function legendOfStale(told, { say, number }) {
  byId('legend').replaceChildren(
    make('em', {}, say('stale.title', { n: number(told.cell_m) })),
    ...told.classes.map((name) => make('span', {}, sign(name), say(`stale.${name}`))),
    make('em', {}, say('stale.far')),
  )
}

/**
 * The shares for the right side; each opens its table.
 * @param {Told} told
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string, clock: {time: (date: Date) => string}, staleness: string, place: string}} voice
 */
export function staleSections(told, voice) {
  const { say, number } = voice
  const list = (more) => `${voice.staleness}?${new URLSearchParams({ place: voice.place, ...more })}`
  const percent = (share) => `${Math.round(100 * share)}%`
  const until = say('stale.until', { time: voice.clock.time(new Date(told.complete_until)) })
  const head = make('h2', {}, say('stale.head'), make('span', { class: 'aside' }, say('stale.now')))
  if (!told.grids.length) return [make('section', { id: 'stale' }, head, make('p', { class: 'quiet' }, say('stale.none')))]
  return [
    make('section', { id: 'stale' }, head, make('table', {}, ...told.classes.map((name) => make('tr', {},
      make('td', { class: 'name' }, make('span', { class: 'signed' }, sign(name), say(`stale.${name}`))),
      make('td', {}, make('a', { class: 'n', href: list({}) }, percent(told.whole.shares[name]))))))),
    make('section', {}, make('h2', {}, say('stale.by_subdistrict')), make('table', {}, ...told.subdistricts.map((one) => make('tr', {},
      make('td', { class: 'name' }, one.name), make('td', { class: 'u' }, say('grids.count', { n: number(one.grids) })),
      make('td', {}, make('a', { class: 'n', href: list({ region: one.code }) }, percent(one.shares[NOT_RECORDED]))))))),
    make('section', {}, make('p', { class: 'quiet' }, until), make('p', { class: 'quiet' }, say('coverage.honest'))),
  ]
}
