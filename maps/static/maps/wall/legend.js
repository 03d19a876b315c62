/** What the marks and colours of a scene mean; in the density scene also how it is made. */

import { byId, make } from 'gis/page.js'
import { mark } from './panels.js'
import { KINDS } from './marks.js'
import { shades } from './density.js'

export const BANDWIDTHS = [150, 300, 600, 1200]
export const WAYS = ['kernel', 'count', 'rate']

const item = (sign, text) => make('span', {}, sign, text)
const sign = (name) => make('i', { class: name, 'aria-hidden': 'true' })

/** @param {(key: string, values?: object) => string} say */
export function legendOfCases(say) {
  byId('legend').replaceChildren(
    ...KINDS.map((kind) => item(mark(kind), say(`kind.${kind}`))),
    item(sign('disc'), say('legend.cluster')),
    item(sign('halo'), say('legend.fresh')),
    item(sign('late'), say('legend.overdue')),
    item(sign('faint'), say('legend.closed')),
    item(sign('star'), say('legend.station')),
    make('em', {}, say('legend.lifted')),
  )
}

/**
 * @param {{way: string, bandwidth: number, edges: number[], count: number}} shown
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string}} voice
 * @param {{way: (way: string) => void, bandwidth: (metres: number) => void}} choose
 */
export function legendOfDensity(shown, { say, number }, choose) {
  const colours = shades(shown.edges.length)
  const digits = shown.way === 'rate' ? 1 : undefined
  const text = (value) => (digits ? value.toFixed(digits) : number(value))
  const ranges = shown.edges.map((edge, i) => (i + 1 < shown.edges.length ? `${text(edge)}–${text(shown.edges[i + 1])}` : say('from_up', { n: text(edge) })))
  const swatch = (i) => { const box = sign('box'); box.style.background = colours[i]; return box }
  byId('legend').replaceChildren(
    make('span', { class: 'choice', role: 'group' }, ...WAYS.map((way) =>
      make('button', { type: 'button', class: 'tool', 'aria-pressed': String(way === shown.way), onclick: () => choose.way(way) }, say(`density.${way}`)))),
    make('em', {}, shown.count ? say(`density.${shown.way}.title`, { n: number(shown.count) }) : say('density.none')),
    shown.way === 'kernel' && make('label', {}, make('span', { class: 'unseen' }, say('bandwidth')),
      make('select', { class: 'tool', onchange: (event) => choose.bandwidth(Number(event.target.value)) },
        ...BANDWIDTHS.map((metres) => make('option', { value: metres, selected: metres === shown.bandwidth }, say('m', { n: number(metres) }))))),
    ...ranges.map((range, i) => item(swatch(i), range)),
  )
}
