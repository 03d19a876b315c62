/** Everything by the keyboard: the queue, the case, its actions, and a page that tells the keys. */

import { byId, make } from 'gis/page.js'
import { LETTERS, begin, isFilling, leave } from './actions.js'
import { choose, drop } from './bulk.js'
import { closeCase, openCase } from './case.js'
import { step, toggle } from './queue.js'
import { desk, on, say } from './state.js'

export function beginKeys() {
  document.addEventListener('keydown', pressed)
  byId('help').addEventListener('click', help)
  on('enter', enter)
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  const at = /** @type {HTMLElement} */ (event.target)
  if (event.key === 'Escape') return escape(at)
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return
  if (at.matches('input, textarea, select, [contenteditable], [role=separator]')) {
    if (event.key === 'Enter' && at.id === 'text') byId('rows').focus()
    return
  }
  const inside = at.closest('button, a, summary, #map')
  if (event.key === 'Enter' && inside) return
  const does = KEYS[event.key]
  const action = Object.keys(LETTERS).find((name) => LETTERS[name] === event.key)
  if (does) does()
  else if (!action || at.closest('#map') || !begin(action)) return
  event.preventDefault()
}

/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Enter: () => enter(),
  x: () => { if (desk.cursor) toggle(desk.cursor) },
  '/': () => /** @type {HTMLInputElement} */ (byId('text')).select(),
  '?': () => help(),
}

/** @param {number} by */
function move(by) {
  byId('rows').focus({ preventScroll: true })
  step(by)
}

function enter() {
  if (desk.selected.size) return choose()
  if (!desk.cursor) return
  if (desk.open?.number === desk.cursor) return document.querySelector('#case-head h1')?.focus()
  openCase(desk.cursor).then(() => document.querySelector('#case-head h1')?.focus())
}

/** @param {HTMLElement} at */
function escape(at) {
  if (document.querySelector('dialog[open]')) return
  if (isFilling()) return leave()
  if (desk.selected.size) return drop()
  if (at.matches('input, select, textarea')) return byId('rows').focus()
  if (desk.open) {
    closeCase()
    byId('rows').focus()
  }
}

function help() {
  const dialog = /** @type {HTMLDialogElement} */ (byId('keeping'))
  const rows = [['j k', 'key.move'], ['Enter', 'key.open'], ['x', 'key.select'], ['/', 'key.find'], ['Esc', 'key.leave'], ['Ctrl ↵', 'key.send'], ['?', 'key.help']]
  const acts = Object.entries(LETTERS).map(([name, letter]) => make('li', {}, make('kbd', {}, letter), ' ', say(`action.${name}`)))
  dialog.replaceChildren(make('h2', {}, say('help')),
    make('dl', { class: 'keys' }, ...rows.flatMap(([key, what]) => [make('dt', {}, ...key.split(/ (?!↵)/).flatMap((one) => [make('kbd', {}, one), ' '])), make('dd', {}, say(what))])),
    make('p', { class: 'quiet' }, say('help.actions')), make('ul', { class: 'key-acts' }, ...acts),
    make('div', { class: 'row' }, make('button', { type: 'button', class: 'button main', onclick: () => dialog.close() }, say('close'))))
  dialog.showModal()
}
