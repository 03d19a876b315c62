/** A form made of what an action needs, with what stands by itself filled in and errors at their field. */

import { inWords } from 'gis/api.js'
import { make } from 'gis/page.js'
import { photosField } from './photos.js'
import { config, say } from './state.js'

const FEW = 7
const FIND_FROM = 12
const SHOWN = 6
const MOST_FOUND = 18

/**
 * @typedef {{name: string, label: string, type: string, required: boolean, choices: {value: string, label: string}[], default: any}} Need
 * @param {{action: any, label: string, says: string, values: Record<string, any>, onChange: (values: any) => void,
 *   onSend: (values: any) => void, onLeave: () => void, ownDefaults?: boolean}} by `ownDefaults`: blank means what stands for each case
 */
export function makeForm({ action, label, says, values, onChange, onSend, onLeave, ownDefaults = false }) {
  const wrong = make('p', { class: 'wrong', role: 'alert', hidden: true })
  const go = /** @type {HTMLButtonElement} */ (make('button', { class: 'button main big', type: 'submit' }, label, make('kbd', {}, 'Ctrl ↵')))
  const leave = /** @type {HTMLButtonElement} */ (make('button', { type: 'button', class: 'button', onclick: onLeave }, say('leave'), make('kbd', {}, 'Esc')))
  const given = () => Object.fromEntries(fields.map((one) => [one.need.name, one.get()]))
  const changed = () => onChange(given())
  const fields = action.needs.map((need) => field(need, values[need.name] ?? need.default, changed, ownDefaults))
  const element = /** @type {HTMLFormElement} */ (make('form', { class: 'act', novalidate: true, 'aria-label': label,
    onsubmit: (/** @type {Event} */ event) => {
      event.preventDefault()
      clear()
      onSend(clean(given(), action.needs))
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) element.requestSubmit()
    } },
    make('h2', {}, label),
    make('div', { class: 'fields' }, ...fields.map((one) => one.element)),
    wrong,
    make('div', { class: 'go' }, make('span', { class: 'row' }, go, leave), make('p', {}, says))))
  const clear = () => {
    wrong.hidden = true
    for (const one of fields) one.wrong('')
  }
  return {
    element,
    action,
    values: given,
    /** @param {Record<string, any>} to */
    set: (to) => {
      for (const one of fields) if (one.need.name in to) one.set(to[one.need.name])
      changed()
    },
    focus: () => (element.querySelector('textarea, input:not([type=hidden]), select, button') ?? go).focus({ preventScroll: false }),
    /** @param {string} words */
    busy: (words) => {
      go.disabled = leave.disabled = true
      go.replaceChildren(words)
      element.setAttribute('aria-busy', 'true')
    },
    free: () => {
      go.disabled = leave.disabled = false
      go.replaceChildren(label, make('kbd', {}, 'Ctrl ↵'))
      element.removeAttribute('aria-busy')
    },
    /** Each reason at its field, the rest below. @param {any[]} reasons */
    wrong: (reasons) => {
      const rest = []
      for (const reason of reasons) {
        const at = fields.find((one) => one.need.name === reason.field)
        if (at) at.wrong(inWords(reason))
        else rest.push(inWords(reason))
      }
      wrong.hidden = !rest.length
      wrong.textContent = rest.join(' ')
      element.querySelector('[aria-invalid=true]')?.focus()
    },
  }
}

/** Without what was left blank. @param {Record<string, any>} values @param {Need[]} needs */
export const clean = (values, needs) => Object.fromEntries(needs.map((need) => [need.name, values[need.name]])
  .filter(([name, value]) => !(value == null || value === '') || needs.find((need) => need.name === name)?.type === 'choices'))

let serial = 0
/** @type {Map<string, number>} the unit of a code, and how near it stands */
const UNITS = new Map(config.units.map((one, k) => [one.code, k + 1]))

/** @param {Need} need @param {any} value @param {() => void} changed @param {boolean} ownDefaults */
function field(need, value, changed, ownDefaults) {
  serial += 1
  const id = `need-${serial}`
  const error = make('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert', hidden: true })
  const label = [need.label, need.required ? make('abbr', { title: say('needed') }, '*') : null].filter(Boolean)
  const made = (MAKERS[need.type] ?? MAKERS.text)(need, value, id, changed, ownDefaults)
  const element = made.group
    ? make('fieldset', { class: `need ${need.type}` }, make('legend', {}, ...label), made.element, error)
    : make('div', { class: `need field ${need.type}` }, make('label', { for: id }, ...label), made.element, error)
  if (need.name === 'datum') element.hidden = true
  return {
    need,
    element,
    get: made.get,
    set: made.set,
    /** @param {string} words */
    wrong: (words) => {
      error.hidden = !words
      error.textContent = words
      made.control.setAttribute('aria-invalid', String(Boolean(words)))
      if (words) made.control.setAttribute('aria-describedby', error.id)
    },
  }
}

/** @type {Record<string, (need: Need, value: any, id: string, changed: () => void, own: boolean) => any>} */
const MAKERS = {
  text: (need, value, id, changed, own) => {
    const short = need.name !== 'note'
    const control = /** @type {HTMLTextAreaElement} */ (make(short ? 'input' : 'textarea', { id, name: need.name, ...(short ? { autocomplete: 'off' } : { rows: 2 }), placeholder: own ? say('bulk.own') : false, oninput: changed }))
    control.value = value ?? ''
    return { element: control, control, get: () => control.value, set: (to) => { control.value = to ?? '' } }
  },
  number: (need, value, id, changed, own) => {
    const control = /** @type {HTMLInputElement} */ (make('input', { id, name: need.name, type: 'number', step: 'any', inputmode: 'decimal', placeholder: own ? say('bulk.own') : false, oninput: changed }))
    control.value = value ?? ''
    return { element: control, control, get: () => (control.value === '' ? null : Number(control.value)), set: (to) => { control.value = to ?? '' } }
  },
  date: (need, value, id, changed) => {
    const control = /** @type {HTMLInputElement} */ (make('input', { id, name: need.name, type: 'date', oninput: changed }))
    control.value = value ?? ''
    return { element: control, control, get: () => control.value || null, set: (to) => { control.value = to ?? '' } }
  },
  choice: (need, value, id, changed, own) => picks(need, value == null ? [] : [String(value)], id, changed, 'radio', own),
  choices: (need, value, id, changed, own) => picks(need, value ?? [], id, changed, 'checkbox', own),
  photos: (need, value, id, changed) => photosField(need, value ?? [], id, changed),
}

/** Some of many, with a search when they are many; what is chosen stands first. */
function picks(need, chosen, id, changed, type, own) {
  const many = need.choices.length > FIND_FROM
  // Of many the chosen ones first, then in the order of the units' own list.
  const rank = (one) => (chosen.includes(one.value) ? -1 : UNITS.get(one.value) ?? 0)
  const ranked = many ? [...need.choices].sort((a, b) => rank(a) - rank(b)) : need.choices
  const items = ranked.map((one) => {
    const box = /** @type {HTMLInputElement} */ (make('input', { type, name: `${id}-pick`, value: one.value, onchange: changed }))
    box.checked = chosen.includes(one.value)
    return { box, item: make('label', { class: 'pick' }, box, make('span', {}, one.label)), text: `${one.label} ${one.value}`.toLowerCase() }
  })
  const list = make('div', { class: `picks${many ? ' many' : ''}${need.choices.length <= FEW ? ' few' : ''}`, id, tabindex: -1, role: type === 'radio' ? 'radiogroup' : 'group', 'aria-label': need.label }, ...items.map((one) => one.item))
  const shown = (/** @type {string} */ text) => {
    let room = text ? MOST_FOUND : SHOWN
    for (const one of items) {
      const is = (one.box.checked && !text) || (room > 0 && (!text || one.text.includes(text)))
      one.item.hidden = many && !is
      if (is) room -= 1
    }
  }
  shown('')
  const none = make('p', { class: 'quiet', hidden: true }, say('pick.none'))
  const find = many && make('input', { type: 'search', class: 'find', placeholder: say('pick.find', { n: need.choices.length }), 'aria-label': say('pick.find', { n: need.choices.length }), autocomplete: 'off',
    oninput: (/** @type {Event} */ event) => {
      const text = /** @type {HTMLInputElement} */ (event.target).value.trim().toLowerCase()
      shown(text)
      none.hidden = items.some((one) => !one.item.hidden)
    },
    onkeydown: (/** @type {KeyboardEvent} */ event) => {
      if (event.key !== 'Enter' || event.ctrlKey || event.metaKey) return
      event.preventDefault()
      const first = items.find((one) => !one.item.hidden)
      if (first) {
        first.box.checked = type === 'radio' || !first.box.checked
        first.box.focus()
        changed()
      }
    } })
  const hint = own ? make('p', { class: 'quiet' }, say('bulk.own')) : null
  const get = () => {
    const found = items.filter((one) => one.box.checked).map((one) => one.box.value)
    return type === 'radio' ? found[0] ?? null : found
  }
  return {
    group: true, control: list, get,
    element: make('div', {}, ...[hint, find, list, none].filter(Boolean)),
    set: (to) => { for (const one of items) one.box.checked = [to].flat().includes(one.box.value) },
  }
}
