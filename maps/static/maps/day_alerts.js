/** The alerts of a worker's day: as stretches above the slider, and in words that lead there. */

import { byId, make } from 'gis/page.js'
import { began, factOf, mark } from 'maps/alerts.js'

/** @param {string} at */
const seconds = (at) => Date.parse(at) / 1000

/**
 * @param {any[] | null} alerts null where they were not read
 * @param {{from: number, to: number} | null} span seconds that the slider goes over; null without a track
 * @param {{speak: ReturnType<typeof import('gis/page.js').speaker>, zone: string, goTo: (at: number) => void}} by
 */
export function showAlerts(alerts, span, { speak, zone, goTo }) {
  const { say } = speak
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' })
  const clock = (/** @type {string} */ at) => format.format(Date.parse(at))
  const rows = [...(alerts ?? [])].sort((a, b) => seconds(began(a)) - seconds(began(b)))
  byId('spans').replaceChildren(...(span ? rows.map((one) => stretch(one, span)).filter((one) => one !== null) : []))
  const more = (/** @type {any} */ one) => [
    one.kind === 'out_of_grid' && say('alert.away', { m: speak.length(one.facts.distance_m) }),
    one.closing && say(`closing.${one.closing}`),
    one.acknowledged_by && `✓ ${one.acknowledged_by}：${one.note}`,
  ].filter(Boolean).join(' · ')
  const row = (/** @type {any} */ one) => {
    const start = began(one)
    const when = one.closed_at ? say('alert.span', { from: clock(start), to: clock(one.closed_at) }) : say('alert.from', { from: clock(start) })
    return make('li', {}, make('button', { type: 'button', title: factOf(one, speak, clock), onclick: () => goTo(seconds(start)) },
      mark(one.kind), make('b', {}, say(`kind.${one.kind}`)), make('span', {}, when), make('span', { class: 'quiet' }, more(one))))
  }
  byId('alerts').replaceChildren(...(rows.length ? rows.map(row) : alerts ? [make('li', { class: 'quiet' }, say('alerts.none'))] : []))
}

/** The moments that a slider must reach, to show when they held; an open one as far as was found. @param {any[]} alerts */
export const momentsOf = (alerts) => alerts.flatMap((one) => [seconds(began(one)), until(one)])

/** @param {any} one */
const until = (one) => seconds(one.closed_at ?? one.last_at)

/** A stretch in shares of the slider; null when it lies outside. @param {any} one @param {{from: number, to: number}} span */
function stretch(one, { from, to }) {
  const [start, end] = [seconds(began(one)), until(one)]
  if (end < from || start > to || to <= from) return null
  const share = (/** @type {number} */ at) => (100 * (Math.min(Math.max(at, from), to) - from)) / (to - from)
  const bar = make('i', { 'data-kind': one.kind })
  bar.style.left = `${share(start)}%`
  bar.style.width = `${share(end) - share(start)}%`
  return bar
}
