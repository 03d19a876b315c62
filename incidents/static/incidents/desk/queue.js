/** The queue: rows by deadline, page by page, that change where they stand and never jump. */

import { Refused, call, inWords } from 'gis/api.js'
import { byId, make } from 'gis/page.js'
import { dueMark, kindMark } from './shape.js'
import { asked, clock, config, desk, on, say, speak, tell, writeAddress } from './state.js'

const TICK_MS = 30_000
const MOST_NUMBERS = 50
const list = byId('rows')
const about = byId('about')
const fresh = byId('fresh')
/** @type {AbortController | null} */ let asking = null

export function beginQueue() {
  list.addEventListener('click', clicked)
  list.addEventListener('dblclick', () => tell('enter'))
  byId('queue').addEventListener('scroll', nearEnd, { passive: true })
  fresh.addEventListener('click', () => takeNews())
  setInterval(() => show(), TICK_MS)
  on('question', () => load())
  on('open', () => mark())
  on('live', (detail) => changed(detail))
}

/** Ask anew. With `quiet` the old rows stay until the new ones are there. @param {{quiet?: boolean}} [how] */
export async function load({ quiet = false } = {}) {
  asking?.abort()
  asking = new AbortController()
  if (!quiet) {
    desk.phase = 'loading'
    show()
  }
  writeAddress()
  try {
    const told = await call(config.urls.queue, { query: asked(), signal: asking.signal })
    const at = list.parentElement?.scrollTop ?? 0
    Object.assign(desk, { rows: told.results, next: told.next, count: told.count, at: told.at, phase: 'ready', wrong: '' })
    desk.news.clear()
    if (!desk.rows.some((one) => one.number === desk.cursor)) desk.cursor = desk.open?.number ?? desk.rows[0]?.number ?? null
    for (const number of desk.selected) if (!desk.rows.some((one) => one.number === number)) desk.selected.delete(number)
    show()
    if (!quiet && list.parentElement) list.parentElement.scrollTop = 0
    else if (list.parentElement) list.parentElement.scrollTop = at
    tell('rows')
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') return
    if (error instanceof Refused) {
      Object.assign(desk, { phase: 'refused', wrong: error.reasons.map(inWords).join(' ') || say('queue.refused') })
      if (error.status === 401 || error.status === 403) return tell('signed-out')
    } else Object.assign(desk, { phase: desk.rows.length && quiet ? 'ready' : 'failed', wrong: '' })
    show()
    tell('failed')
  }
}

async function nearEnd() {
  const box = byId('queue')
  if (!desk.next || desk.phase !== 'ready' || box.scrollTop + box.clientHeight < box.scrollHeight - 400) return
  await more()
}

let reading = false
export async function more() {
  if (reading || !desk.next) return
  reading = true
  const from = desk.next
  try {
    const told = await call(config.urls.queue, { query: { ...asked(), cursor: from } })
    if (desk.next !== from) return
    const there = new Set(desk.rows.map((one) => one.number))
    desk.rows.push(...told.results.filter((one) => !there.has(one.number)))
    desk.next = told.next
    show()
    tell('rows')
  } catch { /* the button below stays, and asks again */ } finally {
    reading = false
  }
}

/** Cases were changed, or came in: what is shown changes in place, what is new waits. @param {string[]} numbers */
async function changed(numbers) {
  const few = numbers.slice(0, MOST_NUMBERS)
  let told
  try {
    told = await call(config.urls.queue, { query: { ...asked(), numbers: few.join(',') } })
  } catch {
    return
  }
  const found = new Map(told.results.map((one) => [one.number, one]))
  for (const number of few) {
    const at = desk.rows.findIndex((one) => one.number === number)
    const row = found.get(number)
    if (at >= 0) desk.rows[at] = row ?? { ...desk.rows[at], gone: true }
    else if (row) desk.news.add(number)
    else desk.news.delete(number)
  }
  desk.at = told.at
  show()
  tell('rows')
}

async function takeNews() {
  await load({ quiet: true })
  speak(say('fresh.taken'))
  list.focus()
}

/** @param {MouseEvent} event */
function clicked(event) {
  const item = /** @type {HTMLElement} */ (event.target).closest('[role=option]')
  if (!item) return
  const number = /** @type {HTMLElement} */ (item).dataset.number ?? ''
  desk.cursor = number
  if (/** @type {HTMLElement} */ (event.target).closest('.tick') || event.ctrlKey || event.metaKey) return toggle(number)
  if (event.shiftKey) return range(number)
  mark()
  tell('want', number)
}

/** @param {string} number */
export function toggle(number) {
  if (!desk.selected.delete(number)) desk.selected.add(number)
  mark()
  tell('selection')
}

/** @param {string} number */
function range(number) {
  const at = desk.rows.findIndex((one) => one.number === number)
  const last = desk.rows.findIndex((one) => desk.selected.has(one.number))
  for (let k = Math.min(at, last < 0 ? at : last); k <= Math.max(at, last); k += 1) desk.selected.add(desk.rows[k].number)
  mark()
  tell('selection')
}

/** Move the cursor. @param {number} by */
export function step(by) {
  if (!desk.rows.length) return
  const at = desk.rows.findIndex((one) => one.number === desk.cursor)
  const to = Math.min(desk.rows.length - 1, Math.max(0, at < 0 ? 0 : at + by))
  desk.cursor = desk.rows[to].number
  mark()
  byId(`row-${desk.cursor}`)?.scrollIntoView({ block: 'nearest' })
  if (to >= desk.rows.length - 5) more()
  tell('cursor', desk.cursor)
}

/** What is open, selected and under the cursor, without drawing the rows anew. */
export function mark() {
  for (const item of list.querySelectorAll('[role=option]')) {
    const number = /** @type {HTMLElement} */ (item).dataset.number ?? ''
    item.setAttribute('aria-selected', String(desk.selected.has(number)))
    item.classList.toggle('on', number === desk.open?.number)
    item.classList.toggle('cursor', number === desk.cursor)
  }
  if (desk.cursor) list.setAttribute('aria-activedescendant', `row-${desk.cursor}`)
  byId('queue').classList.toggle('choosing', desk.selected.size > 0)
}

const GROUPS = ['over', 'today', 'tomorrow', 'later', 'none']

export function show() {
  const now = new Date()
  byId('queue').setAttribute('aria-busy', String(desk.phase === 'loading'))
  about.replaceChildren(...told())
  fresh.hidden = desk.news.size === 0
  fresh.textContent = say('fresh.n', { n: desk.news.size })
  if (desk.phase === 'loading') {
    list.replaceChildren(...Array.from({ length: 9 }, () => make('li', { class: 'sk-row', role: 'presentation' }, make('i'), make('i'), make('i'))))
    byId('queue-end').replaceChildren()
    return
  }
  if (desk.phase === 'failed' || desk.phase === 'refused') {
    list.replaceChildren()
    byId('queue-end').replaceChildren(wrong())
    return
  }
  const items = []
  let group = ''
  const grouped = desk.question.order !== 'newest'
  for (const row of desk.rows) {
    const its = clock.group(row.deadline, now)
    if (grouped && its !== group && GROUPS.indexOf(its) > GROUPS.indexOf(group)) {
      items.push(make('li', { class: `gh g-${its}`, role: 'presentation' }, say(`group.${its}`)))
      group = its
    }
    items.push(line(row, now))
  }
  list.replaceChildren(...items)
  byId('queue-end').replaceChildren(...end())
  mark()
}

function told() {
  const { count, phase } = desk
  if (!count || phase !== 'ready') return [say(phase === 'loading' ? 'queue.loading' : 'queue.none_told')]
  const many = count.is_more ? say('count.more', { n: count.n.toLocaleString() }) : say('count.n', { n: count.n.toLocaleString() })
  return [make('b', {}, many), say(desk.question.order === 'newest' ? 'order.newest' : 'order.due')]
}

/** @param {import('./state.js').Row} row @param {Date} now */
function line(row, now) {
  const left = row.state === 'suspended' ? { light: 'paused', words: say('due.paused') } : clock.left(row.deadline, row.amber_at, now)
  const name = row.category?.name ?? say(`kind.${row.kind}`)
  const where = row.grid ? row.grid.name : say('flag.unplaced')
  const flags = chips(row)
  return make('li', { role: 'option', id: `row-${row.number}`, 'data-number': row.number, class: row.gone ? 'gone' : false },
    make('span', { class: 'tick', 'aria-hidden': 'true' }),
    make('span', { class: 'when' }, dueMark(left.light, left.words),
      make('small', { title: row.deadline ? clock.exact(row.deadline) : false }, row.deadline ? clock.near(row.deadline, now) : say('received', { time: clock.near(row.received_at, now) }))),
    make('span', { class: 'what' },
      make('span', { class: 'head' }, kindMark(row.kind), make('b', {}, name), ...flags, make('span', { class: 'state' }, row.gone ? say('row.gone', { state: row.state_label }) : row.state_label)),
      make('span', { class: 'words' }, make('span', { class: 'place' }, where), row.description || row.address)))
}

/** @param {import('./state.js').Row} row */
function chips(row) {
  const { flags } = row
  return [
    flags.supervised && make('span', { class: 'chip red' }, say('flag.supervised')),
    flags.requested && make('span', { class: 'chip amber' }, say('flag.requested')),
    flags.reopened ? make('span', { class: 'chip' }, say('flag.reopened')) : null,
    flags.provisional && make('span', { class: 'chip' }, say('flag.provisional')),
    row.reports > 1 || flags.merged ? make('span', { class: 'chip' }, say('flag.reports', { n: row.reports + Number(flags.merged) })) : null,
  ].filter(Boolean)
}

function end() {
  if (desk.rows.length === 0) {
    const only = Object.values(desk.question).some(Boolean) || desk.onMap
    return [make('div', { class: 'none' },
      make('b', {}, say(desk.question.mine ? 'empty.mine' : 'empty.any')),
      make('p', {}, say(desk.question.mine ? 'empty.mine.next' : 'empty.any.next')),
      only && make('button', { type: 'button', class: 'button', onclick: () => tell('clear-filters') }, say('filter.clear')))]
  }
  if (!desk.next) return [make('p', { class: 'quiet last' }, say('queue.end'))]
  return [make('button', { type: 'button', class: 'button more', onclick: more }, say('queue.more'))]
}

function wrong() {
  const refused = desk.phase === 'refused'
  return make('div', { class: 'none', role: 'alert' },
    make('b', {}, say(refused ? 'queue.refused' : 'queue.failed')),
    make('p', {}, refused ? desk.wrong : say('queue.failed.safe')),
    make('button', { type: 'button', class: 'button', onclick: () => (refused ? tell('clear-filters') : load()) }, say(refused ? 'filter.clear' : 'retry')))
}
