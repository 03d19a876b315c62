/** Three columns whose widths are dragged, or moved by the arrow keys; on a phone, three pages by tabs. */

import { byId } from 'gis/page.js'
import { memory, on } from './state.js'

const STEP_PX = 24
/** @type {Record<string, {least: number, most: number, grows: 1 | -1}>} */
const COLUMNS = { queue: { least: 280, most: 720, grows: 1 }, side: { least: 260, most: 1100, grows: -1 } }

export function beginColumns() {
  const kept = memory.get('columns') ?? {}
  for (const [name, column] of Object.entries(COLUMNS)) {
    const bar = byId(`between-${name}`)
    const set = (px, remember = true) => {
      const width = Math.round(Math.min(column.most, Math.max(column.least, px), innerWidth * 0.6))
      document.documentElement.style.setProperty(`--${name}`, `${width}px`)
      bar.setAttribute('aria-valuenow', String(width))
      if (remember) memory.set('columns', { ...memory.get('columns'), [name]: width })
    }
    const width = () => byId(name).getBoundingClientRect().width
    bar.setAttribute('aria-valuemin', String(column.least))
    bar.setAttribute('aria-valuemax', String(column.most))
    if (kept[name]) set(kept[name], false)
    else bar.setAttribute('aria-valuenow', String(Math.round(width())))
    bar.addEventListener('pointerdown', (event) => {
      bar.setPointerCapture(event.pointerId)
      const [from, began] = [event.clientX, width()]
      const move = (/** @type {PointerEvent} */ to) => set(began + (to.clientX - from) * column.grows)
      bar.addEventListener('pointermove', move)
      bar.addEventListener('pointerup', () => bar.removeEventListener('pointermove', move), { once: true })
    })
    bar.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -STEP_PX, ArrowRight: STEP_PX }[event.key]
      if (by == null) return
      event.preventDefault()
      set(width() + by * column.grows)
    })
  }
  for (const tab of document.querySelectorAll('#tabs [data-page]')) {
    tab.addEventListener('click', () => showPage(/** @type {HTMLElement} */ (tab).dataset.page ?? 'queue'))
  }
  on('open', () => showPage('case'))
}

/** Which column a narrow screen shows. @param {string} name */
export function showPage(name) {
  document.body.dataset.page = name
  for (const tab of document.querySelectorAll('#tabs [data-page]')) {
    tab.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (tab).dataset.page === name))
  }
  dispatchEvent(new Event('resize'))
}
