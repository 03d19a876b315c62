/** My tasks: the cases that wait for me, the most pressing first, with what may be done; also without a network. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { icon } from 'report/icon.js'
import { instant } from './clock.js'
import { feed } from './feed.js'
import { open } from './panels.js'
import { outbox } from './outbox.js'
import { config, on, say, span } from './state.js'

// What is kept with all that may be done to it; more are listed, and asked for when they are opened.
const WHOLE = 12
const AMBER_MS = 3600_000

/** @typedef {{rows: any[], cases: Record<string, any>, at: number}} Tasks */
const kept = feed('tasks', /** @type {Tasks} */ ({ rows: [], cases: {}, at: 0 }), ask)
export const tasks = () => kept.value

export async function beginTasks() {
  on('tasks', show)
  on('outbox', show)
  await kept.begin(300_000)
}

/** @param {Tasks} before @returns {Promise<Tasks>} */
async function ask(before) {
  const { results } = await call(config.urls.queue, { query: { mine: 'yes', state: 'open' } })
  /** @type {Record<string, any>} */
  const cases = {}
  for (const row of results.slice(0, WHOLE)) cases[row.number] = isAsKept(before, row) ? before.cases[row.number] : await call(`${config.urls.incidents}/${row.number}`)
  return { rows: results, cases, at: Date.now() }
}

/** A case that stands where it stood need not be asked for again. @param {Tasks} before @param {any} row */
function isAsKept(before, row) {
  const then = before.rows.find((one) => one.number === row.number)
  return Boolean(before.cases[row.number]) && JSON.stringify(then) === JSON.stringify(row)
}

/** @param {string} number */
export async function whole(number) {
  const { cases } = tasks()
  cases[number] ??= await call(`${config.urls.incidents}/${number}`)
  return cases[number]
}

/** What was done on this phone and has not gone out yet. @param {string} number */
export const pending = (number) => outbox.items.find((one) => one.about === number && one.state === 'waiting')

/** The time left, and how pressing it is. @param {any} row */
export function timeLeft(row) {
  if (!row.deadline) return { look: '', words: say('left.none'), small: '' }
  const left = Date.parse(row.deadline) - instant().getTime()
  const pressing = left < AMBER_MS || (row.amber_at && Date.parse(row.amber_at) <= instant().getTime())
  return { look: left < 0 ? 'red' : pressing ? 'amber' : '', words: span(Math.abs(left)), small: say(left < 0 ? 'left.over' : 'left.left') }
}

function show() {
  const list = byId('tasks')
  const { rows, at } = tasks()
  const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.number
  list.replaceChildren(...rows.map((row) => {
    const { look, words, small } = timeLeft(row)
    const waits = pending(row.number)
    const title = row.category?.name ?? say(`kind.${row.kind}`)
    return make('li', {},
      make('span', { class: `left ${look}` }, words, make('small', {}, small)),
      make('span', { class: 't' }, make('b', {}, icon(row.kind, `mark ${row.kind}`), title), make('span', {}, [row.address, row.state_label].filter(Boolean).join(' · '))),
      waits ? make('span', { class: 'quiet' }, say('task.waits')) : make('button', { type: 'button', class: 'act', 'data-number': row.number, 'aria-label': say('task.open', { title }), onclick: () => open('task', row.number) }, say('task.do')))
  }))
  if (!rows.length) list.append(make('li', { class: 'none' }, say(at ? 'tasks.none' : 'tasks.unknown')))
  if (held) list.querySelector(`[data-number="${CSS.escape(held)}"]`)?.focus()
}
