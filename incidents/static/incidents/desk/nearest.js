/** Workers on duty near the open case: asked for only by the button, since every look is recorded. */

import { Refused, call, inWords } from 'gis/api.js'
import { make } from 'gis/page.js'
import { clock, config, desk, length, say, speak } from './state.js'

const OVER = new Set(['closed', 'void', 'merged'])
/**
 * What was asked for which case.
 * @type {{number: string, phase: 'asking' | 'told' | 'failed', rows: {worker: string, distance_m: number, seen_at: string}[], wrong: string}}
 */
let asked = { number: '', phase: 'told', rows: [], wrong: '' }
/** @type {HTMLElement | null} */ let shown = null

/** The part of the page of an open case with a position, for those who send workers. @param {any} one */
export function nearestOf(one) {
  shown = config.urls.nearest && one.position && !OVER.has(one.state)
    ? make('section', { class: 'near', 'aria-label': say('near') }, ...parts(one))
    : null
  return shown
}

/** @param {any} one */
function parts(one) {
  /** @param {string} word */
  const button = (word) => make('button', { type: 'button', class: 'link', onclick: () => ask(one) }, say(word))
  if (asked.number !== one.number) return [button('near')]
  const title = make('h2', {}, say('near'))
  if (asked.phase === 'asking') return [title, make('p', { class: 'quiet', role: 'status' }, say('near.asking'))]
  if (asked.phase === 'failed') return [title, make('p', { role: 'alert' }, asked.wrong), button('retry')]
  const list = make('ol', {}, ...asked.rows.map((row) => make('li', {},
    make('b', {}, row.worker), make('span', {}, length(row.distance_m)),
    make('small', { class: 'quiet', title: clock.exact(row.seen_at) }, say('near.seen', { time: clock.ago(row.seen_at, new Date()) })))))
  return [title, asked.rows.length ? list : make('p', {}, say('near.none')),
    make('p', { class: 'quiet' }, button('near.again'), ' ', say('near.recorded'))]
}

/** @param {any} one */
async function ask(one) {
  const mine = asked = { number: one.number, phase: 'asking', rows: [], wrong: '' }
  showAgain(one)
  try {
    const { lon, lat } = one.position
    mine.rows = await call(config.urls.nearest, { query: { lon, lat, datum: 'wgs84', place: config.place } })
    mine.phase = 'told'
    speak(mine.rows.length ? say('near.told', { n: mine.rows.length }) : say('near.none'))
  } catch (error) {
    mine.wrong = error instanceof Refused ? [...new Set(error.reasons.map(inWords))].join(' ') : say('near.failed')
    mine.phase = 'failed'
  }
  if (asked === mine) showAgain(one)
}

/** Only this part: what somebody is reading beside it stays where it is. @param {any} one */
function showAgain(one) {
  if (!shown?.isConnected || desk.open?.number !== one.number) return
  const held = shown.contains(document.activeElement)
  shown.replaceChildren(...parts(one))
  if (held) shown.querySelector('button')?.focus()
}
