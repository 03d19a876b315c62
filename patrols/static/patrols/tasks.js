/** My tasks: the cases that wait for me, the most pressing first, with what may be done; also without a network. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { icon } from 'report/icon.js'
import { open } from './panels.js'
import { isMe, outbox } from './outbox.js'
import { config, instant, on, say, span, tell } from './state.js'
import { keep, kept } from './store.js'

// What is kept with all that may be done to it; more are listed, and asked for when they are opened.
const WHOLE = 12
const AMBER_MS = 3600_000

/** @type {{rows: any[], cases: Record<string, any>, at: number}} */
export let tasks = { rows: [], cases: {}, at: 0 }
let stale = false

export async function beginTasks() {
  tasks = (await kept(`tasks:${config.user}`)) ?? tasks
  on('tasks', (value) => { if (value === 'stale') stale = true; else show() })
  on('outbox', () => {
    show()
    if (stale && !outbox.sending) refresh()
  })
  addEventListener('online', refresh)
  setInterval(refresh, 300_000)
  tell('tasks')
  refresh()
}

async function refresh() {
  stale = false
  if (!navigator.onLine || !(await isMe())) return tell('outbox')
  try {
    const { results } = await call(config.urls.queue, { query: { mine: 'yes', state: 'open' } })
    /** @type {Record<string, any>} */
    const cases = {}
    for (const row of results.slice(0, WHOLE)) cases[row.number] = isAsKept(row) ? tasks.cases[row.number] : await call(`${config.urls.incidents}/${row.number}`)
    tasks = { rows: results, cases, at: Date.now() }
    await keep(`tasks:${config.user}`, tasks)
  } catch {
    // What is kept is shown.
  }
  tell('outbox')
  tell('tasks')
}

/** A case that stands where it stood need not be asked for again. @param {any} row */
function isAsKept(row) {
  const before = tasks.rows.find((one) => one.number === row.number)
  return Boolean(tasks.cases[row.number]) && JSON.stringify(before) === JSON.stringify(row)
}

/** @param {string} number */
export async function whole(number) {
  tasks.cases[number] ??= await call(`${config.urls.incidents}/${number}`)
  return tasks.cases[number]
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
  byId('grid-sub').dataset.tasks = String(tasks.rows.length)
  const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.number
  list.replaceChildren(...tasks.rows.map((row) => {
    const { look, words, small } = timeLeft(row)
    const waits = pending(row.number)
    const title = row.category?.name ?? say(`kind.${row.kind}`)
    return make('li', {},
      make('span', { class: `left ${look}` }, words, make('small', {}, small)),
      make('span', { class: 't' }, make('b', {}, icon(row.kind, `mark ${row.kind}`), title), make('span', {}, [row.address, row.state_label].filter(Boolean).join(' · '))),
      waits ? make('span', { class: 'quiet' }, say('task.waits')) : make('button', { type: 'button', class: 'act', 'data-number': row.number, 'aria-label': say('task.open', { title }), onclick: () => open('task', row.number) }, say('task.do')))
  }))
  if (!tasks.rows.length) list.append(make('li', { class: 'none' }, say(tasks.at ? 'tasks.none' : 'tasks.unknown')))
  if (held) list.querySelector(`[data-number="${CSS.escape(held)}"]`)?.focus()
}
