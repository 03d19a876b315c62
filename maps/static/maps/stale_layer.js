/** The layer of the map page for those who signed in: how long ago their ground was last recorded. */

import { byId, make } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { cellsOf, signOf } from './stale.js'

/** @type {{told: any, cells: Record<string, HTMLCanvasElement | null>, edition: string, language: string, zone: string}} */
const layer = { told: null, cells: {}, edition: '', language: '', zone: '' }

/**
 * @param {any} config of the page
 * @param {{say: (key: string, values?: object) => string, render: () => void, failed: () => void}} page
 */
export function beginStale(config, { render, failed }) {
  const button = document.getElementById('stale')
  if (!button || !config.urls.stale) return
  layer.edition = config.editions.find((one) => one.state === 'in_force')?.name ?? ''
  layer.language = config.language
  layer.zone = config.zone
  const toggle = async () => {
    if (layer.told) layer.told = null
    else {
      button.setAttribute('aria-busy', 'true')
      const told = await fetch(`${config.urls.stale}?${new URLSearchParams({ place: config.place })}`).then((answer) => (answer.ok ? answer.json() : null)).catch(() => null)
      button.removeAttribute('aria-busy')
      if (!told) return failed()
      layer.cells = { light: await cellsOf(told, 'light'), dark: await cellsOf(told, 'dark') }
      layer.told = told
    }
    button.setAttribute('aria-pressed', String(layer.told != null))
    render()
  }
  button.addEventListener('click', toggle)
  document.addEventListener('keydown', (event) => {
    const typing = /** @type {HTMLElement} */ (event.target).matches?.('input:not([type=radio]), select, textarea')
    if (event.key === 't' && !typing && !/** @type {HTMLButtonElement} */ (button).disabled && !event.ctrlKey && !event.metaKey && !event.altKey) toggle()
  })
}

/** It is of the edition in force, and stands aside while two are compared. @param {{edition: string, old: string | null}} state */
const canShow = (state) => state.edition === layer.edition && state.old == null
/** @param {{edition: string, old: string | null}} state */
const isShown = (state) => layer.told != null && canShow(state)

/** What the style draws. @param {any} state */
export const staleShown = (state) =>
  (isShown(state) ? { told: layer.told, cells: layer.cells[theme()] } : null)

/** @param {any} state @param {(key: string, values?: object) => string} say */
export function legendOfStale(state, say) {
  const legend = document.getElementById('stale-legend')
  if (!legend) return
  legend.hidden = !isShown(state)
  const button = /** @type {HTMLButtonElement} */ (byId('stale'))
  button.disabled = !canShow(state)
  byId('legend').classList.toggle('aside', !legend.hidden)
  if (legend.hidden) return
  const { told } = layer
  const time = new Date(told.complete_until).toLocaleTimeString(layer.language, { timeZone: layer.zone, hour: '2-digit', minute: '2-digit', hour12: false })
  legend.replaceChildren(...(told.grids.length
    ? [...told.classes.map((name) => make('li', {}, signOf(name, theme()), say(`stale.${name}`))), make('li', { class: 'quiet' }, say('stale.until', { time }))]
    : [make('li', {}, say('stale.none'))]))
}
