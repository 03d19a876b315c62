/** What is asked: the bar of filters, the ready-made and kept questions with their counts. */

import { Refused, call, inWords, send } from 'gis/api.js'
import { byId, make } from 'gis/page.js'
import { FILTERS, config, desk, on, say, tell } from './state.js'

const bar = /** @type {HTMLFormElement} */ (byId('filters'))
const tabs = byId('views')
const DEFAULT = { state: 'open' }
/** @type {any[]} */ let views = []

export function beginFilters() {
  const asked = new URLSearchParams(location.search)
  const given = FILTERS.filter((name) => asked.get(name))
  desk.question = given.length ? Object.fromEntries(given.map((name) => [name, asked.get(name) ?? ''])) : { ...DEFAULT }
  fillUnits()
  write()
  bar.addEventListener('submit', (event) => event.preventDefault())
  bar.addEventListener('change', () => read())
  let late = 0
  byId('text').addEventListener('input', () => {
    clearTimeout(late)
    late = setTimeout(() => read(), 350)
  })
  byId('mine').addEventListener('click', () => pressed('mine'))
  byId('on-map').addEventListener('click', () => {
    desk.onMap = !desk.onMap
    byId('on-map').setAttribute('aria-pressed', String(desk.onMap))
    tell('box-wanted')
    tell('question')
  })
  byId('clear').addEventListener('click', clear)
  byId('keep').addEventListener('click', () => keepDialog())
  byId('more-filters').addEventListener('click', () => {
    const is = document.body.classList.toggle('filters-open')
    byId('more-filters').setAttribute('aria-expanded', String(is))
  })
  on('clear-filters', clear)
  on('live', later)
  on('done', later)
  loadViews()
}

let waiting = 0
function later() {
  clearTimeout(waiting)
  waiting = setTimeout(loadViews, 2500)
}

function fillUnits() {
  const select = byId('unit')
  const group = (label, rows) => rows.length && select.append(make('optgroup', { label }, ...rows.map((one) => make('option', { value: one.code }, one.name))))
  group(say('units.mine'), config.units.filter((one) => one.mine))
  group(say('units.others'), config.units.filter((one) => !one.mine))
}

function clear() {
  desk.onMap = false
  byId('on-map').setAttribute('aria-pressed', 'false')
  ask({ ...DEFAULT })
}

/** @param {string} name */
function pressed(name) {
  ask({ ...desk.question, [name]: desk.question[name] ? '' : 'yes' })
}

function read() {
  const form = new FormData(bar)
  const found = { ...desk.question }
  for (const name of FILTERS) if (form.has(name)) found[name] = String(form.get(name) ?? '').trim()
  ask(found)
}

/** @param {Record<string, string>} question */
export function ask(question) {
  const before = JSON.stringify(desk.question)
  desk.question = question
  write()
  if (JSON.stringify(question) !== before || desk.phase !== 'ready') tell('question')
}

/** What is asked, into the controls. */
function write() {
  for (const name of FILTERS) {
    const control = /** @type {HTMLInputElement | null} */ (bar.elements.namedItem(name))
    const value = desk.question[name] ?? ''
    if (!control || control.value === value) continue
    if (control instanceof HTMLSelectElement && ![...control.options].some((one) => one.value === value)) {
      control.append(make('option', { value }, value.split(',').map((one) => config.states?.[one] ?? say(`state.${one}`)).join('、')))
    }
    control.value = value
  }
  for (const control of bar.querySelectorAll('select, input')) control.classList.toggle('set', Boolean(/** @type {HTMLInputElement} */ (control).value))
  byId('mine').setAttribute('aria-pressed', String(Boolean(desk.question.mine)))
  showViews()
}

async function loadViews() {
  try {
    views = await call(config.urls.filters)
    byId('views').classList.remove('failed')
  } catch {
    byId('views').classList.add('failed')
  }
  showViews()
}

const same = (a, b) => JSON.stringify(Object.entries(a).filter(([, v]) => v).sort()) === JSON.stringify(Object.entries(b).filter(([, v]) => v).sort())

function showViews() {
  tabs.replaceChildren(...views.map((one) => {
    const is = same(one.query, desk.question)
    const label = one.id == null ? say(`view.${one.name}`) : one.name
    const count = one.count.is_more ? `${one.count.n.toLocaleString()}+` : one.count.n.toLocaleString()
    return make('span', { class: 'view' },
      make('button', { type: 'button', class: 'tab', 'aria-pressed': String(is), onclick: () => ask({ ...one.query }) }, label, ' ', make('small', { class: one.name === 'overdue' && one.count.n > 0 ? 'n red' : 'n' }, count)),
      one.id != null && is && make('button', { type: 'button', class: 'edit', 'aria-label': say('filter.edit', { name: one.name }), onclick: () => keepDialog(one) }, '⋯'))
  }))
}

/** Keep what is asked under a name; or rename or forget what is kept. @param {any} [kept] */
function keepDialog(kept) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('keeping'))
  const wrong = make('p', { class: 'wrong', role: 'alert', hidden: true })
  const input = /** @type {HTMLInputElement} */ (make('input', { name: 'name', maxlength: 40, required: true, autocomplete: 'off', value: kept?.name ?? '' }))
  const done = async (/** @type {() => Promise<any>} */ what) => {
    try {
      await what()
      dialog.close()
      await loadViews()
    } catch (error) {
      wrong.hidden = false
      wrong.textContent = error instanceof Refused ? error.reasons.map(inWords).join(' ') : say('failed.safe')
    }
  }
  const one = kept ? `${config.urls.filters}/${kept.id}` : ''
  const question = Object.fromEntries(Object.entries(desk.question).filter(([, value]) => value))
  const form = make('form', { method: 'dialog', class: 'stack', onsubmit: (/** @type {Event} */ event) => {
    event.preventDefault()
    const name = input.value.trim()
    if (name) done(() => (kept ? send(one, 'PATCH', { name }) : call(config.urls.filters, { body: { name, query: question } })))
  } },
    make('h2', {}, say(kept ? 'filter.change' : 'filter.keep')),
    make('label', { class: 'field' }, say('filter.name'), input),
    wrong,
    make('div', { class: 'row' },
      make('button', { class: 'button main' }, say(kept ? 'filter.rename' : 'filter.save')),
      kept && make('button', { type: 'button', class: 'button', onclick: () => done(() => send(one, 'DELETE')) }, say('filter.drop')),
      make('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('leave'))))
  dialog.replaceChildren(form)
  dialog.showModal()
  input.select()
}
