/** A field that finds a category by a few characters: arrows choose, Enter takes. */

import { byId, make } from 'gis/page.js'

const MOST = 9

/**
 * @typedef {{code: string | null, kind: string, name: string}} Choice
 * @param {{choices: () => Choice[], say: (key: string, values?: object) => string, chosen: (choice: Choice | null) => void, next: () => void}} by
 * @returns {{clear: () => void}}
 */
export function beginCategory(by) {
  const field = /** @type {HTMLInputElement} */ (byId('category'))
  const list = byId('options')
  /** @type {Choice[]} */
  let shown = []
  let at = 0

  function close() {
    list.hidden = true
    field.setAttribute('aria-expanded', 'false')
    field.removeAttribute('aria-activedescendant')
  }

  function show() {
    const text = field.value.trim().toLowerCase()
    shown = by.choices().filter((one) => !text || one.name.toLowerCase().includes(text) || (one.code ?? '').toLowerCase().startsWith(text)).slice(0, MOST)
    if (!shown.length) shown = by.choices().filter((one) => !one.code)
    at = Math.min(at, shown.length - 1)
    list.replaceChildren(...shown.map((one, index) => make('li', { role: 'option', id: `option-${index}`, 'aria-selected': String(index === at),
      onpointerdown: (/** @type {Event} */ event) => { event.preventDefault(); take(one) } },
    make('span', {}, one.name), make('small', {}, by.say(`kind.${one.kind}`)))))
    list.hidden = false
    field.setAttribute('aria-expanded', 'true')
    field.setAttribute('aria-activedescendant', `option-${at}`)
    list.children[at]?.scrollIntoView({ block: 'nearest' })
  }

  /** @param {Choice} one */
  function take(one) {
    field.value = one.name
    close()
    by.chosen(one)
    by.next()
  }

  field.addEventListener('input', () => { at = 0; by.chosen(null); show() })
  field.addEventListener('focus', () => { at = 0; show() })
  field.addEventListener('blur', close)
  field.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      if (list.hidden) at = 0
      else at = (at + step + shown.length) % shown.length
      show()
    } else if (event.key === 'Enter' && !event.ctrlKey && !list.hidden && shown[at]) {
      event.preventDefault()
      take(shown[at])
    } else if (event.key === 'Escape') close()
  })
  return { clear: () => { field.value = ''; close() } }
}
