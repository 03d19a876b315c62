/** The header: which edition, compared or not, how many grids, and bad news if there is any. */

import { byId, make } from 'gis/page.js'

const trouble = byId('trouble')
const compare = document.getElementById('compare')

/**
 * @param {any} state
 * @param {any[]} editions
 * @param {ReturnType<typeof import('gis/page.js').speaker>} speak
 */
export function showHeader(state, editions, { say, number }) {
  for (const radio of document.querySelectorAll('input[name=edition]')) {
    /** @type {HTMLInputElement} */ (radio).checked = /** @type {HTMLInputElement} */ (radio).value === state.edition
  }
  compare?.setAttribute('aria-pressed', String(state.old != null))
  const grids = (name) => number(editions.find((edition) => edition.name === name)?.grids ?? 0)
  byId('count').textContent = state.old
    ? say('grids.change', { old: grids(state.old), new: grids(state.edition) })
    : say('grids.count', { n: grids(state.edition) })
  for (const item of document.querySelectorAll('.legend .then')) /** @type {HTMLElement} */ (item).hidden = state.old == null
  for (const item of document.querySelectorAll('.legend .now')) /** @type {HTMLElement} */ (item).hidden = state.old != null
  byId('legend-old').textContent = say('legend.old', { edition: state.old ?? '' })
  byId('legend-new').textContent = say('legend.new', { edition: state.edition })
}

/** @param {(name: string) => void} choose @param {() => void} toggle */
export function onHeader(choose, toggle) {
  byId('editions').addEventListener('change', (event) => choose(/** @type {HTMLInputElement} */ (event.target).value))
  compare?.addEventListener('click', toggle)
  document.addEventListener('keydown', (event) => {
    const typing = /** @type {HTMLElement} */ (event.target).matches?.('input:not([type=radio]), select, textarea')
    if (compare && event.key === 'c' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) toggle()
  })
}

/**
 * Say what went wrong, what is safe and what to do; an empty text takes it away.
 * @param {string} text
 * @param {string} [action]
 * @param {() => void} [act]
 */
export function showTroubleAbove(text, action, act) {
  trouble.hidden = !text
  trouble.replaceChildren(text, ...(action && act ? [make('button', { type: 'button', class: 'button', onclick: act }, action)] : []))
}
