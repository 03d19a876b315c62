/** The foot of the wall: what came in by the minute, by the day, and two sliders over both. */

import { byId } from 'gis/page.js'
import { FILL, KINDS } from './marks.js'
import { movedDay } from './zoned.js'

const SVG = 'http://www.w3.org/2000/svg'
const HOURS = 24

/** @param {string} name @param {Record<string, string | number>} attributes @param {string} [text] */
function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value))
  if (text) element.textContent = text
  return element
}

const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize)

/**
 * @param {any} figures
 * @param {number} minute of the moment, on the clock of the place
 */
export function drawBins(figures, minute) {
  const svg = byId('bins')
  const [width, height, r] = [svg.clientWidth, svg.clientHeight, rem()]
  const base = height - 1.75 * r
  const count = figures.bins_before.length
  const sums = figures.bins_before.map((_, i) => KINDS.reduce((sum, kind) => sum + figures.bins[kind][i], 0))
  const most = Math.max(5, ...sums, ...figures.bins_before)
  const x = (bin) => (bin / count) * width
  const y = (value) => (value / most) * (base - 0.25 * r)
  const children = [shape('line', { x1: 0, x2: width, y1: base, y2: base, class: 'axis' })]
  const tick = most > 12 ? 10 : 5
  children.push(shape('line', { x1: 0, x2: width, y1: base - y(tick), y2: base - y(tick), class: 'dots' }))
  children.push(shape('text', { x: -0.5 * r, y: base - y(tick) + 0.35 * r, 'text-anchor': 'end' }, String(tick)))
  children.push(shape('text', { x: -0.5 * r, y: base + 0.1 * r, 'text-anchor': 'end' }, '0'))
  for (let hour = 0; hour <= HOURS; hour += 2) {
    const at = (hour / HOURS) * width
    children.push(shape('line', { x1: at, x2: at, y1: base, y2: base + 0.3 * r, class: 'axis' }))
    children.push(shape('text', { x: at, y: base + 1.5 * r, 'text-anchor': hour === HOURS ? 'end' : hour ? 'middle' : 'start' }, String(hour).padStart(2, '0')))
  }
  sums.forEach((_, bin) => {
    let foot = base
    for (const kind of KINDS) {
      const tall = y(figures.bins[kind][bin])
      if (!tall) continue
      foot -= tall
      children.push(shape('rect', { x: x(bin) + 0.06 * r, y: foot, width: Math.max(x(1) - 0.12 * r, 1), height: tall, fill: FILL[kind] }))
    }
  })
  const steps = figures.bins_before.map((value, bin) => `${bin ? 'L' : 'M'}${x(bin)} ${base - y(value)}H${x(bin + 1)}`).join('')
  children.push(shape('path', { d: steps, class: 'before' }))
  const now = (minute / (HOURS * 60)) * width
  children.push(shape('line', { x1: now, x2: now, y1: 0, y2: base, class: 'hand-line' }))
  svg.replaceChildren(...children)
}

/**
 * @param {{first: string, counts: number[]}} days
 * @param {string} day the one that is shown
 */
export function drawDays(days, day) {
  const svg = byId('days')
  const [width, height, r] = [svg.clientWidth, svg.clientHeight, rem()]
  const base = height - 1.5 * r
  const most = Math.max(1, ...days.counts)
  const wide = width / days.counts.length
  const children = []
  days.counts.forEach((count, i) => {
    const name = movedDay(days.first, i)
    const tall = (count / most) * (base - 0.1 * r)
    const chosen = name === day
    children.push(shape('rect', { x: i * wide + 0.1 * r, y: base - tall, width: Math.max(wide - 0.2 * r, 1), height: Math.max(tall, 1), class: chosen ? 'chosen' : 'day' }))
    if (new Date(`${name}T00:00:00Z`).getUTCDay() === 1) {
      children.push(shape('text', { x: i * wide + 0.1 * r, y: base + 1.3 * r }, name.slice(5)))
    }
  })
  svg.replaceChildren(...children)
}
