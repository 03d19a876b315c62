/** The open case: facts, clocks, what waits for a word, the conversation, what was sent. */

import { Refused, call } from 'gis/api.js'
import { copy } from 'gis/copy.js'
import { byId, make } from 'gis/page.js'
import { showActions } from './actions.js'
import { contactOf } from './contacts.js'
import { nearestOf } from './nearest.js'
import { dueMark, kindMark, timeMark } from './shape.js'
import { clock, config, desk, on, say, speak, tell, writeAddress } from './state.js'

const STEPS = ['received', 'filed', 'dispatched', 'checked_in', 'fed_back', 'closed']
/** How far a state is along the steps. @type {Record<string, number>} */
const REACHED = { received: 0, verified: 0, filed: 1, dispatched: 2, checked_in: 3, handled: 3, fed_back: 4, inspected: 4, closed: 5 }
const head = byId('case-head')
const body = byId('case-body')
/** @type {AbortController | null} */ let asking = null

export function beginCase() {
  on('want', (number) => openCase(number))
  on('live', (numbers) => desk.open && numbers.includes(desk.open.number) && refresh())
  on('done', () => refresh())
  on('reshow', () => show())
  on('contacts', () => desk.open && showBody())
  setInterval(() => desk.open && !document.querySelector('#case-acts form') && showHead(), 30_000)
  showNothing()
}

/** @param {string} number */
export async function openCase(number) {
  asking?.abort()
  asking = new AbortController()
  const row = desk.rows.find((one) => one.number === number)
  if (desk.open?.number !== number) {
    desk.open = { number, row }
    byId('case').setAttribute('aria-busy', 'true')
    showWaiting(row, number)
  }
  desk.cursor = number
  writeAddress()
  tell('open', number)
  try {
    desk.open = await call(`${config.urls.incidents}/${number}`, { signal: asking.signal })
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') return
    showWrong(error, number)
    return
  }
  byId('case').setAttribute('aria-busy', 'false')
  show()
  byId('case-body').scrollTop = 0
  tell('case')
  speak(say('case.opened', { number, state: desk.open.state_label }))
}

/** Ask again for the open case; what changed is told by the conversation. */
export async function refresh() {
  const number = desk.open?.number
  if (!number) return
  try {
    const told = await call(`${config.urls.incidents}/${number}`)
    if (desk.open?.number !== number) return
    desk.open = told
    show()
    tell('case')
  } catch { /* the shown one stays; the connection's state is told in the header */ }
}

export function closeCase() {
  desk.open = null
  writeAddress()
  showNothing()
  tell('closed')
}

function show() {
  showHead()
  showBody()
  showActions(byId('case-acts'))
}

function showNothing() {
  head.replaceChildren()
  byId('case-acts').replaceChildren()
  byId('case').setAttribute('aria-busy', 'false')
  body.replaceChildren(make('div', { class: 'none nothing' }, make('b', {}, say('case.none')), make('p', {}, say('case.none.next'))))
}

/** @param {any} row @param {string} number */
function showWaiting(row, number) {
  byId('case-acts').replaceChildren()
  head.replaceChildren(make('h1', { class: 'large', tabindex: -1 }, row ? kindMark(row.kind) : '', row ? row.category?.name ?? say(`kind.${row.kind}`) : number))
  body.replaceChildren(make('div', { class: 'sk-case' }, make('i'), make('i'), make('i'), make('i')))
}

/** @param {unknown} error @param {string} number */
function showWrong(error, number) {
  byId('case').setAttribute('aria-busy', 'false')
  const gone = error instanceof Refused && error.status === 404
  body.replaceChildren(make('div', { class: 'none', role: 'alert' },
    make('b', {}, say(gone ? 'case.gone' : 'case.failed')),
    make('p', {}, say(gone ? 'case.gone.next' : 'failed.safe')),
    gone ? null : make('button', { type: 'button', class: 'button', onclick: () => openCase(number) }, say('retry'))))
}

function showHead() {
  const now = new Date()
  const one = desk.open
  const left = one.state === 'suspended' ? { light: 'paused', words: say('due.paused') } : clock.left(one.deadline, one.amber_at, now)
  // The name of a grid begins with that of its community.
  const within = one.community && one.grid?.name.startsWith(one.community.name) ? null : one.community?.name
  const where = [one.subdistrict?.name, within, one.grid?.name].filter((name, k, all) => name && all.indexOf(name) === k)
  const number = make('button', { type: 'button', class: 'code copy', title: say('copy.number'), onclick: async () => {
    if (await copy(one.number)) speak(say('copied'))
  } }, one.number)
  head.replaceChildren(
    make('div', { class: 'title' },
      make('h1', { class: 'large', tabindex: -1 }, kindMark(one.kind), one.category?.name ?? say(`kind.${one.kind}`)),
      one.deadline || one.state === 'suspended' ? dueMark(left.light, left.words, 'strong') : make('strong', { class: 'due undated' }, one.state_label)),
    make('dl', { class: 'facts' },
      ...fact('fact.number', number),
      ...fact('fact.state', make('span', {}, one.state_label, one.reopened ? ` · ${say('fact.reopened', { n: one.reopened })}` : '', one.reworked ? ` · ${say('fact.reworked', { n: one.reworked })}` : '')),
      ...fact('fact.where', where.length ? where.join(' ') : say('flag.unplaced'), one.provisional && make('span', { class: 'chip' }, say('flag.provisional'))),
      ...fact('fact.tier', one.tier_label),
      ...fact('fact.received', timeMark(one.received_at, clock.near(one.received_at, now), clock.exact(one.received_at)), one.is_simulated && make('span', { class: 'chip' }, say('flag.simulated'))),
      ...fact('fact.source', one.reports.map((report) => report.channel.name).filter((name, k, all) => all.indexOf(name) === k).join('、') + say('fact.reports', { n: one.reports.length })),
      ...(one.commander ? fact('fact.commander', one.commander) : [])),
    flow(one))
}

/** @param {string} name @param {...any} values */
const fact = (name, ...values) => [make('dt', {}, say(name)), make('dd', {}, ...values)]

/** @param {any} one */
function flow(one) {
  const reached = REACHED[one.state]
  if (reached == null) return make('p', { class: 'aside-state' }, say(`aside.${one.state}`), one.merged_into && link(one.merged_into))
  return make('ol', { class: 'flow', 'aria-label': say('flow') }, ...STEPS.map((step, k) =>
    make('li', { class: k < reached ? 'ok' : k === reached ? 'at' : false, 'aria-current': k === reached ? 'step' : false }, say(`step.${step}`))))
}

/** @param {string} number */
const link = (number) => make('button', { type: 'button', class: 'code copy', onclick: () => openCase(number) }, number)

function showBody() {
  const now = new Date()
  const one = desk.open
  body.replaceChildren(...[
    ...waits(one, now),
    clocks(one, now),
    units(one, now),
    nearestOf(one),
    conversation(one, now),
    sent(one, now),
  ].filter(Boolean))
}

/** What waits for somebody's word: a request, a supervision order. @param {any} one @param {Date} now */
function waits(one, now) {
  const found = one.requests.map((asked) => make('p', { class: 'notice amber' },
    make('b', {}, say('request.waits', { what: asked.label })), ' ', say('request.since', { time: clock.near(asked.asked_at, now) }),
    asked.days ? ` · ${say('time.days', { n: asked.days })}` : '', asked.until ? ` · ${say('request.until', { day: asked.until })}` : ''))
  if (one.supervision) {
    const left = clock.left(one.supervision.due_at, null, now)
    found.push(make('p', { class: 'notice red' }, make('b', {}, say('flag.supervised')), ' ',
      say('supervised.since', { time: clock.near(one.supervision.ordered_at, now) }), ' · ', dueMark(left.light, say('supervised.reply', { left: left.words }))))
  }
  if (one.merged.length) found.push(make('p', { class: 'notice' }, say('merged.holds', { n: one.merged.length }), ' ', ...one.merged.flatMap((number) => [link(number), ' '])))
  return found
}

/** Each running clock with its bar: begun, amber, due. @param {any} one @param {Date} now */
function clocks(one, now) {
  if (!one.clocks.length) return null
  return make('section', { class: 'clocks', 'aria-label': say('clocks') }, ...one.clocks.map((its) => {
    const [from, amber, due] = [its.started_at, its.amber_at, its.due_at].map((text) => new Date(text).getTime())
    const share = Math.min(1, Math.max(0, (now.getTime() - from) / Math.max(1, due - from)))
    const left = its.paused ? { light: 'paused', words: say('clock.paused') } : clock.left(its.due_at, its.amber_at, now)
    const run = make('i', { class: `run ${left.light}` })
    run.style.width = `${share * 100}%`
    const mark = make('i', { class: 'amber-at' })
    mark.style.left = `${Math.min(100, ((amber - from) / Math.max(1, due - from)) * 100)}%`
    const limit = say(`limit.${its.unit}`, { n: its.amount })
    return make('div', { class: 'clock' },
      make('span', { class: 'its' }, its.label, make('small', {}, limit)),
      make('span', { class: 'bar', title: say('clock.bar', { from: clock.exact(its.started_at), amber: clock.exact(its.amber_at), due: clock.exact(its.due_at) }) }, run, mark),
      make('span', { class: 'rest' }, dueMark(left.light, left.words), make('small', {}, clock.near(its.due_at, now))),
      its.is_beyond_calendar && make('small', { class: 'beyond' }, say('clock.beyond')))
  }))
}

/** @param {any} one @param {Date} now */
function units(one, now) {
  if (!one.units.length) return null
  return make('section', { class: 'units' }, make('h2', {}, say('units')), make('ul', {}, ...one.units.map((unit) => make('li', {},
    make('b', {}, unit.name), ' ', make('span', { class: 'chip' }, unit.part_label), ' ',
    make('small', {}, unit.checked_in_at ? say('unit.in', { time: clock.near(unit.checked_in_at, now) }) : say('unit.out', { time: clock.near(unit.since, now) }))))))
}

/** @param {any} one @param {Date} now */
function conversation(one, now) {
  const first = one.reports[0]
  const items = one.events.map((event, k) => {
    const opening = event.action === 'report.received'
    const text = opening && first ? first.description : event.note
    const photos = opening && first ? first.photos : event.photos
    return make('li', { class: k === one.events.length - 1 ? 'now' : false },
      timeMark(event.at, clock.ago(event.at, now), clock.exact(event.at)), make('i', { class: 'n', 'aria-hidden': 'true' }),
      make('div', {},
        make('p', {}, make('b', {}, event.by || (opening && first ? first.channel.name : say('by.system'))), ' ', event.label, event.about.length ? make('span', { class: 'quiet' }, ` · ${event.about.join('，')}`) : ''),
        text && make('p', { class: opening ? 'say theirs' : 'say' }, text),
        pictures(photos)))
  })
  if (one.deadline) items.push(make('li', { class: 'next' }, make('time'), make('i', { class: 'n', 'aria-hidden': 'true' }), make('p', {}, say('waits.for', { what: one.clocks[0]?.label ?? '' }))))
  return make('section', { class: 'talk' }, make('h2', {}, say('talk')), make('ol', { class: 'tl' }, ...items))
}

/** @param {string[]} ids */
function pictures(ids) {
  if (!ids.length) return null
  return make('p', { class: 'photos' }, ...ids.map((id, k) => make('a', { href: `${config.urls.photos}/${id}`, target: '_blank', rel: 'noopener' },
    make('img', { src: `${config.urls.photos}/${id}`, alt: say('photo.n', { n: k + 1 }), loading: 'lazy' }))))
}

/** What was sent: each report as it came, with who sent it masked. @param {any} one @param {Date} now */
function sent(one, now) {
  return make('section', { class: 'sent' }, make('h2', {}, say('sent', { n: one.reports.length })), ...one.reports.map((report, k) =>
    make('article', {},
      make('p', {}, make('b', {}, report.channel.name), ' ', timeMark(report.received_at, clock.near(report.received_at, now), clock.exact(report.received_at)), ' ', make('span', { class: 'code quiet' }, report.number)),
      k > 0 && make('p', { class: 'say theirs' }, report.description),
      report.address && make('p', { class: 'quiet' }, report.address),
      k > 0 && pictures(report.photos),
      snap(report),
      contactOf(report))), prints(one))
}

/** How its grid was found. @param {any} report */
function snap(report) {
  const its = report.snaps.find((one) => one.edition === config.edition)
  if (!its) return null
  const distance = its.border_distance_m == null ? '' : ` · ${say('snap.border', { n: Math.round(its.border_distance_m) })}`
  return make('p', { class: 'quiet' }, say(`snap.${its.method}`), distance)
}

/** @param {any} one */
const prints = (one) => make('p', { class: 'prints' },
  make('a', { class: 'button', href: `${config.urls.desk}cases/${one.number}/sheet`, target: '_blank', rel: 'noopener' }, say('print.sheet')),
  make('a', { class: 'button', href: `${config.urls.desk}cases/${one.number}/print`, target: '_blank', rel: 'noopener' }, say('print.case')))
