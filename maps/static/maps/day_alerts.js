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
  const row = (/** @type {any} */ one) => {
    const start = began(one)
    const when = one.closed_at ? say('alert.span', { from: clock(start), to: clock(one.closed_at) }) : say('alert.from', { from: clock(start) })
    const words = [factOf(one, speak, clock), one.closing && say(`closing.${one.closing}`), one.note && `${one.acknowledged_by}：${one.note}`]
    return make('li', {}, make('button', { type: 'button', title: words.filter(Boolean).join('\n'), onclick: () => goTo(seconds(start)) },
      mark(one.kind), make('b', {}, say(`kind.${one.kind}`)), make('span', {}, when), one.closing && make('span', { class: 'quiet' }, say(`closing.${one.closing}`))))
  }
  byId('alerts').replaceChildren(...(rows.length ? rows.map(row) : alerts ? [make('li', { class: 'quiet' }, say('alerts.none'))] : []))
}

/** A stretch in shares of the slider; null when it lies outside. @param {any} one @param {{from: number, to: number}} span */
function stretch(one, { from, to }) {
  const [start, end] = [seconds(began(one)), one.closed_at ? seconds(one.closed_at) : to]
  if (end < from || start > to || to <= from) return null
  const share = (/** @type {number} */ at) => (100 * (Math.min(Math.max(at, from), to) - from)) / (to - from)
  const bar = make('i', { 'data-kind': one.kind })
  bar.style.left = `${share(start)}%`
  bar.style.width = `${share(end) - share(start)}%`
  return bar
}
