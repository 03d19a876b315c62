/** The two sides of the wall: figures on the left, what is newest on the right. */

import { byId, make } from 'gis/page.js'
import { KINDS } from './marks.js'

/**
 * @typedef {{say: (key: string, values?: object) => string, number: (value: number) => string,
 *   clock: ReturnType<typeof import('./zoned.js').zoned>, cases: string}} Voice
 */

/** A number that opens its list. @param {Voice} voice @param {{count: number, list: string}} figure @param {string} [name] */
const counted = (voice, figure, name) =>
  make('a', { class: 'n', href: `${voice.cases}?${figure.list}`, ...(name ? { 'aria-label': `${name} ${figure.count}` } : {}) }, voice.number(figure.count))

/** @param {string} kind */
export const mark = (kind) => make('i', { class: `k ${kind}`, 'aria-hidden': 'true' })

/** @param {string} title @param {...(Node | null)} children */
const section = (title, ...children) => make('section', {}, make('h2', {}, title), ...children)

/** What the numbers of a table are. @param {Voice} voice @param {string} key */
const titled = (voice, key) => voice.say('titled', { what: voice.say(key), unit: voice.say('unit') })

/** @param {Voice} voice @param {Node[]} lead @param {any} figure @param {string} name @param {string} [share] */
const row = (voice, lead, figure, name, share) =>
  make('tr', {}, make('td', { class: 'name' }, ...lead, name), make('td', { class: 'u' }, share ?? ''),
    make('td', {}, counted(voice, figure, name)))

/**
 * @param {any} figures
 * @param {Date} at
 * @param {Voice} voice
 */
export function showFigures(figures, at, voice) {
  const { say } = voice
  const total = figures.received.count
  const share = (count) => (total ? `${((100 * count) / total).toFixed(1)}%` : '')
  byId('left').replaceChildren(
    make('section', {},
      make('h2', {}, say(figures.is_now ? 'received' : 'received.that_day')),
      make('p', { class: 'hero' }, counted(voice, figures.received, say('received')), make('span', { class: 'quiet' }, say('unit'))),
      make('p', { class: 'quiet' }, compared(figures, at, voice))),
    section(titled(voice, 'kinds'), make('table', {}, ...figures.kinds.map((one) => row(voice, [mark(one.code)], one, say(`kind.${one.code}`), share(one.count))))),
    section(titled(voice, 'subdistricts'), make('table', {}, ...figures.subdistricts.map((one) => row(voice, [], one, one.name)))),
    section(titled(voice, 'waiting'), make('table', {}, ...waiting(figures).map(([one, name]) => row(voice, [], one, say(name))))),
  )
}

/** What waits for somebody. How things stand is told of now only. @param {any} figures @returns {[any, string][]} */
const waiting = (figures) => [
  ...figures.states.filter((one) => one.code === 'waiting').map((one) => [one, 'stage.waiting']),
  ...figures.due.map((one) => [one, `due.${one.code}`]),
  [figures.unplaced, 'unplaced'],
  [figures.provisional, 'provisional'],
]

/** @param {any} figures @param {Date} at @param {Voice} voice */
function compared(figures, at, { say, number, clock, cases }) {
  if (!figures.received.count && !figures.before.count) return say('nothing')
  if (!figures.bins_before.some((count) => count)) return say('no_before', { weekday: clock.weekday(at) })
  const by = figures.received.count - figures.before.count
  const key = by > 0 ? 'more' : by < 0 ? 'fewer' : 'same'
  return make('a', { class: 'plain-link', href: `${cases}?${figures.before.list}` }, say(key, { n: number(Math.abs(by)), weekday: clock.weekday(at) }))
}

/** @param {Date} then @param {Date} at @param {Voice} voice */
export function ago(then, at, { say, number, clock }) {
  const minutes = Math.floor((at.getTime() - then.getTime()) / 60_000)
  if (minutes < 1) return say('just_now')
  if (minutes < 60) return say('minutes_ago', { n: number(minutes) })
  if (minutes < 24 * 60) return say('hours_ago', { n: number(Math.floor(minutes / 60)) })
  return `${clock.day(then)} ${clock.time(then)}`
}

/**
 * @param {any} figures
 * @param {Date} at
 * @param {Voice} voice
 * @param {(number: string) => void} open
 * @param {Set<string>} fresh numbers that came while one looked
 */
export function showNewest(figures, at, voice, open, fresh) {
  const { say } = voice
  const lines = figures.newest.map((one) =>
    make('li', {}, make('button', { type: 'button', class: 'card', onclick: () => open(one.number) },
      mark(one.kind),
      make('b', { class: 'one' }, one.category ?? say('no_category'), fresh.has(one.number) ? make('span', { class: 'badge' }, say('new')) : null),
      make('time', { datetime: one.received_at, title: `${voice.clock.day(new Date(one.received_at))} ${voice.clock.time(new Date(one.received_at))}` }, ago(new Date(one.received_at), at, voice)),
      make('span', { class: 'one where' }, `${one.grid ? one.grid.name : say('nowhere')}${say('comma')}${one.description}`))))
  byId('right').replaceChildren(
    section(say('newest'), lines.length ? make('ol', { class: 'newest' }, ...lines) : make('p', { class: 'quiet' }, say('newest.none'))),
    section(titled(voice, 'categories'), make('table', {}, ...figures.categories.map((one) => row(voice, [], one, one.name)))),
  )
}

/**
 * @param {any} told of `/api/v1/incidents/{number}`
 * @param {Voice} voice
 * @param {() => void} close
 */
export function showCase(told, voice, close) {
  const { say, clock } = voice
  const at = (text) => `${clock.day(new Date(text))} ${clock.time(new Date(text))}`
  const first = told.reports[0]
  const facts = [
    [say('case.grid'), told.grid ? told.grid.name : say('nowhere')],
    [say('case.state'), say(`state.${told.state}`)],
    [say('case.unit'), told.unit?.name],
    [say('case.deadline'), told.deadline ? at(told.deadline) : null],
    [say('case.channel'), first?.channel.name],
    [say('case.address'), first?.address],
    [say('case.received'), at(told.received_at)],
    [say('case.occurred'), at(told.occurred_at)],
  ].filter(([, value]) => value)
  byId('right').replaceChildren(make('section', { class: 'chosen' },
    make('h2', {}, mark(told.kind), told.category ? told.category.name : say('no_category'), told.is_simulated ? make('span', { class: 'badge quiet' }, say('simulated')) : null,
      make('button', { type: 'button', class: 'tool close', 'aria-keyshortcuts': 'Escape', onclick: close }, say('close'))),
    make('p', { class: 'code quiet' }, told.number),
    ...told.reports.map((report) => make('p', { class: 'words' }, report.description)),
    make('dl', {}, ...facts.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)])),
    make('p', { class: 'pictures' }, ...told.reports.flatMap((report) => report.photos.map((photo) => make('img', { src: `${voice.photos}${photo}`, alt: '', loading: 'lazy' })))),
    make('p', {}, make('a', { href: `${voice.cases}${encodeURIComponent(told.number)}` }, say('open_case')))))
  byId('right').querySelector('button')?.focus({ preventScroll: true })
}

/**
 * @param {{code: string, name: string}} grid
 * @param {any} figures
 * @param {Voice} voice
 * @param {() => void} close
 */
export function showGrid(grid, figures, voice, close) {
  const { say } = voice
  const count = figures.grids[grid.code] ?? 0
  const figure = { count, list: `${figures.received.list}&grid=${encodeURIComponent(grid.code)}` }
  byId('right').replaceChildren(make('section', { class: 'chosen' },
    make('h2', {}, grid.name, make('button', { type: 'button', class: 'tool close', 'aria-keyshortcuts': 'Escape', onclick: close }, say('close'))),
    make('p', { class: 'code quiet' }, grid.code),
    make('table', {}, row(voice, [], figure, say(figures.is_now ? 'received' : 'received.that_day')))))
}

export { KINDS }
