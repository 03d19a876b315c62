/** One action for several cases: each case by itself and with its own key, and what failed stays chosen. */

import { Refused, call, inWords } from 'gis/api.js'
import { byId, make } from 'gis/page.js'
import { labelOf } from './actions.js'
import { makeForm } from './form.js'
import { mark } from './queue.js'
import { config, desk, on, say, speak, tell, uuid } from './state.js'

const AT_ONCE = 3
const bar = byId('bulk')
// A position, or a case to go into, belongs to one case.
const ALONE = new Set(['move', 'merge', 'unmerge', 'self_handle'])
/** @type {Map<string, {body: string, key: string}>} */ const keys = new Map()

export function beginBulk() {
  on('selection', show)
  // Rows change by themselves; what failed, and why, stays until somebody has read it.
  on('rows', () => { if (!bar.querySelector('.failed, .others')) show() })
  show()
}

export function show() {
  if (bar.querySelector('form, progress')) {
    if (desk.selected.size) return
  }
  bar.hidden = desk.selected.size === 0
  bar.replaceChildren(
    make('b', {}, say('bulk.n', { n: desk.selected.size })),
    make('button', { type: 'button', class: 'button main', 'aria-keyshortcuts': 'Enter', onclick: choose }, say('bulk.do')),
    make('button', { type: 'button', class: 'button', onclick: drop }, say('bulk.drop')))
}

export function drop() {
  desk.selected.clear()
  bar.replaceChildren()
  mark()
  show()
}

/** What all of the chosen cases allow. */
export async function choose() {
  const chosen = [...desk.selected]
  bar.replaceChildren(make('progress', { 'aria-label': say('bulk.reading') }), make('span', {}, say('bulk.reading')))
  const cases = []
  try {
    await each(chosen, async (number) => cases.push(await call(`${config.urls.incidents}/${number}`)))
  } catch {
    bar.replaceChildren(make('p', { class: 'wrong', role: 'alert' }, say('failed.safe')), make('button', { type: 'button', class: 'button', onclick: choose }, say('retry')))
    return
  }
  const alike = (one, other) => one.name === other.name && one.event === other.event
  const shared = cases[0].actions.filter((action) => !ALONE.has(action.name) && cases.every((one) => one.actions.some((other) => alike(action, other))))
  if (!shared.length) {
    bar.replaceChildren(make('p', {}, say('bulk.nothing', { n: chosen.length })), make('button', { type: 'button', class: 'button', onclick: drop }, say('bulk.drop')))
    return
  }
  bar.replaceChildren(make('b', {}, say('bulk.which', { n: chosen.length })),
    make('div', { class: 'others' }, ...shared.map((action) => make('button', { type: 'button', class: 'button other', 'data-action': action.name, onclick: () => fill(action, cases, alike) }, labelOf(action)))),
    make('button', { type: 'button', class: 'button', onclick: back }, say('leave')))
  bar.querySelector('button')?.focus()
}

function back() {
  bar.replaceChildren()
  show()
}

/** One form for all; what differs from case to case is left blank, and each takes its own. */
function fill(action, cases, alike) {
  const own = new Map(cases.map((one) => [one.number, one.actions.find((other) => alike(action, other))]))
  const needs = action.needs.map((need) => {
    const theirs = [...own.values()].map((other) => other.needs.find((one) => one.name === need.name))
    const choices = need.choices.filter((choice) => theirs.every((one) => one.choices.some((other) => other.value === choice.value)))
    const same = theirs.every((one) => JSON.stringify(one.default) === JSON.stringify(need.default))
    return { ...need, choices, default: same ? need.default : null, differs: !same }
  })
  const form = makeForm({
    action: { ...action, needs }, label: labelOf(action), says: say('bulk.says', { n: cases.length }), values: {},
    ownDefaults: needs.some((need) => need.differs), onChange: () => {}, onLeave: back,
    onSend: (values) => run(action, cases, own, values, needs),
  })
  bar.replaceChildren(form.element)
  form.focus()
}

async function run(action, cases, own, values, needs) {
  const progress = make('progress', { max: cases.length, value: 0, 'aria-label': action.label })
  const said = make('b', {}, say('bulk.progress', { n: 0, of: cases.length }))
  bar.replaceChildren(said, progress)
  const failed = []
  let n = 0
  await each(cases, async (one) => {
    const theirs = own.get(one.number)
    const given = { ...values }
    for (const need of needs) {
      const blank = given[need.name] == null || given[need.name] === '' || given[need.name].length === 0
      const its = theirs.needs.find((other) => other.name === need.name)?.default
      if (blank && need.differs && its != null) given[need.name] = its
    }
    const body = JSON.stringify([action.name, given])
    const kept = keys.get(one.number)
    const key = kept?.body === body ? kept.key : uuid()
    keys.set(one.number, { body, key })
    try {
      await call(`${config.urls.incidents}/${one.number}/actions/${action.name}`, { body: given, key })
      keys.delete(one.number)
      desk.selected.delete(one.number)
    } catch (error) {
      failed.push({ number: one.number, why: error instanceof Refused ? error.reasons.map(inWords).join(' ') : say('act.unanswered') })
    }
    n += 1
    progress.setAttribute('value', String(n))
    said.textContent = say('bulk.progress', { n, of: cases.length })
  })
  mark()
  const done = cases.length - failed.length
  speak(say('bulk.done', { n: done, of: cases.length }))
  tell('done', {})
  tell('live', cases.map((one) => one.number))
  bar.replaceChildren(...[
    make('b', {}, say('bulk.done', { n: done, of: cases.length })),
    failed.length ? make('ul', { class: 'failed', role: 'alert' }, ...failed.map((one) => make('li', {}, make('span', { class: 'code' }, one.number), ' ', make('span', { class: 'wrong' }, one.why)))) : null,
    failed.length ? make('button', { type: 'button', class: 'button main', onclick: choose }, say('bulk.again')) : null,
    make('button', { type: 'button', class: 'button', onclick: failed.length ? drop : back }, say('close')),
  ].filter(Boolean))
  bar.hidden = false
}

/** A few at a time, in order. @template T @param {T[]} all @param {(one: T) => Promise<any>} what */
async function each(all, what) {
  const waiting = [...all]
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) await what(one)
  }))
}
