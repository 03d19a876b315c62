/** What patrols have seen: a colour for each grid by its share, and the seen ground itself. */

import { byId, make } from 'gis/page.js'
import { redrawn } from 'maps/painted.js'

/** Five steps of 20 %; what nobody recorded sinks into the sea. */
const RAMP = ['#171F2E', '#1C3843', '#20565B', '#2F7C76', '#5FAE9C']
const SEEN = [207, 236, 228, 110]
const STEP = 1 / RAMP.length
export const WINDOWS = ['2h', 'day']

/** @param {{grid: string, share: number}[]} grids @returns {Map<string, string>} */
export function shaded(grids) {
  return new Map(grids.map((one) => [one.grid, RAMP[Math.min(Math.floor(one.share / STEP), RAMP.length - 1)]]))
}

/** @param {string | null} image grey PNG in base64 */
export const seenGround = (image) => redrawn(image, (grey) => (grey ? SEEN : undefined))

/**
 * @param {any} told of `/api/v1/wall/coverage`
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string}} voice
 * @param {(window: string) => void} choose
 */
export function legendOfCoverage(told, { say, number }, choose) {
  const box = (colour) => { const sign = make('i', { class: 'box', 'aria-hidden': 'true' }); sign.style.background = colour; return sign }
  byId('legend').replaceChildren(
    make('span', { class: 'choice', role: 'group' }, ...WINDOWS.map((window) =>
      make('button', { type: 'button', class: 'tool', 'aria-pressed': String(window === told.window), onclick: () => choose(window) }, say(`window.${window}`)))),
    make('em', {}, say('coverage.title', { n: number(told.within_m) })),
    ...RAMP.map((colour, i) => make('span', {}, box(colour), `${i * 20}–${(i + 1) * 20}%`)),
    make('span', {}, box('#CFECE4'), say('coverage.ground')),
  )
}

/**
 * The figures of coverage for the right side; each opens its table.
 * @param {any} told
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string, coverage: string, place: string}} voice
 * @param {boolean} whole with every subdistrict
 */
export function coverageSection(told, voice, whole) {
  const { say, number } = voice
  const query = (more) => `${voice.coverage}?${new URLSearchParams({ place: voice.place, at: told.until, window: told.window, ...more })}`
  const pair = (href, value, name) => make('a', { class: 'pair', href }, make('b', {}, value), make('span', { class: 'quiet' }, name))
  const rows = told.subdistricts.map((one) => make('tr', {},
    make('td', { class: 'name' }, one.name), make('td', { class: 'u' }, `${number(one.seen)} / ${number(one.grids)}`),
    make('td', {}, make('a', { class: 'n', href: query({ region: one.code }) }, `${one.grids ? Math.round((100 * one.seen) / one.grids) : 0}%`))))
  return make('section', { id: 'coverage' },
    make('h2', {}, say('coverage'), make('span', { class: 'aside' }, say(`window.${told.window}`))),
    make('p', { class: 'pairs' },
      pair(query({}), `${number(told.seen)} / ${number(told.total)}`, say('coverage.seen')),
      pair(query({}), number(told.on_duty), say('coverage.on_duty'))),
    whole ? make('table', {}, ...rows) : null,
    told.error_m == null ? null : make('p', { class: 'quiet' }, say('coverage.kept', { n: number(Math.ceil(told.error_m)) })),
    whole ? make('p', { class: 'quiet' }, say('coverage.honest')) : null)
}
