/** One case: what is known of it, and what I may do; what I do goes through the outbox. */

import { byId, make } from 'gis/page.js'
import { icon } from 'report/icon.js'
import { add } from './outbox.js'
import { close } from './panels.js'
import { photosField } from './photos.js'
import { config, on, say, tell } from './state.js'
import { pending, timeLeft, whole } from './tasks.js'

const KNOWN = ['text', 'choice', 'photos']
const panel = byId('task')

export function beginTask() {
  on('panel', ({ name, about }) => { if (name === 'task') show(about) })
}

/** @param {string} title @param {...(Node | string | null)} more */
const frame = (title, ...more) => panel.replaceChildren(
  make('header', { class: 'head' }, make('button', { type: 'button', class: 'icon-button', 'aria-label': say('back'), onclick: close }, icon('back')), make('h2', { id: 'task-title', tabindex: -1 }, title)),
  make('div', { class: 'body' }, ...more))

/** @param {string} number */
async function show(number) {
  frame(say('loading'))
  let one
  try {
    one = await whole(number)
  } catch {
    frame(say('task.title'), make('p', {}, say('task.offline')))
    return
  }
  const { look, words, small } = timeLeft(one)
  const acts = pending(number) ? [] : one.actions.filter((action) => action.needs.every((need) => KNOWN.includes(need.type) || !need.required))
  frame(one.category?.name ?? say(`kind.${one.kind}`),
    make('p', { class: 'mono' }, number),
    make('p', { class: `big ${look}` }, `${words} ${small}`),
    make('p', { class: 'quiet' }, [one.state_label, one.grid?.name].filter(Boolean).join(' · ')),
    ...one.reports.slice(0, 3).map((report) => make('p', { class: 'words' }, [report.description, report.address].filter(Boolean).join(' — '))),
    acts.length ? make('div', { class: 'acts' }, ...acts.map((action) => make('button', { type: 'button', class: 'second', 'data-action': action.name, onclick: () => form(one, action) }, action.label))) : make('p', {}, say(pending(number) ? 'task.waits' : 'task.nothing')))
  byId('task-title').focus()
}

/** @param {any} one @param {any} action */
function form(one, action) {
  const fields = action.needs.filter((need) => KNOWN.includes(need.type)).map(field)
  const wrong = make('p', { class: 'wrong', role: 'alert', hidden: true })
  frame(action.label, make('form', { class: 'fields', novalidate: true, onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault()
    const missing = fields.find((one) => one.need.required && one.isEmpty())
    wrong.hidden = !missing
    if (missing) {
      wrong.textContent = say('needed', { what: missing.need.label })
      return
    }
    const body = Object.assign({}, ...fields.map((one) => one.body()))
    await add({ kind: 'action', title: `${action.label} · ${one.category?.name ?? one.number}`, url: `${config.urls.incidents}/${one.number}/actions/${action.name}`, about: one.number, body, photos: fields.flatMap((one) => one.photos()), thumb: fields.map((one) => one.thumb()).find(Boolean) ?? '' })
    byId('spoken').textContent = say('queued')
    tell('tasks')
    close()
  } }, ...fields.map((one) => one.element), wrong, make('button', { class: 'primary wide' }, action.label)))
  byId('task-title').focus()
}

/** @param {any} need */
function field(need) {
  return { photos: pictures, choice: choiceField, text: textField }[need.type](need)
}

const nothing = { photos: () => /** @type {any[]} */ ([]), thumb: () => '' }

/** @param {any} need */
function textField(need) {
  const input = /** @type {HTMLTextAreaElement} */ (make('textarea', { rows: 3, maxlength: 1000 }))
  input.value = need.default ?? ''
  return { ...nothing, need, element: make('label', { class: 'field' }, need.label, input), isEmpty: () => !input.value.trim(), body: () => (input.value.trim() ? { [need.name]: input.value.trim() } : {}) }
}

/** @param {any} need */
function choiceField(need) {
  const select = /** @type {HTMLSelectElement} */ (make('select', {}, ...need.choices.map((one) => make('option', { value: one.value }, one.label))))
  if (need.default != null) select.value = String(need.default)
  return { ...nothing, need, element: make('label', { class: 'field' }, need.label, select), isEmpty: () => !select.value, body: () => ({ [need.name]: select.value }) }
}

/** @param {any} need */
function pictures(need) {
  const { element, photos, thumb } = photosField({ name: need.name, label: need.label, most: need.most })
  return { need, element, isEmpty: () => !photos.length, body: () => ({}), photos: () => photos, thumb }
}
