/** On a phone the panel is a sheet with three heights; the grip and the answer move it. */

import { byId } from 'gis/page.js'

const HEIGHTS = ['low', 'half', 'full']
const DRAG_PX = 24
const panel = byId('panel')
const grip = byId('grip')

/** @param {'low' | 'half' | 'full'} height */
export function raise(height) {
  panel.dataset.height = height
  grip.setAttribute('aria-expanded', String(height === 'full'))
  if (height !== 'full') panel.scrollTop = 0
}

/** @param {number} by */
function step(by) {
  const at = HEIGHTS.indexOf(panel.dataset.height ?? 'low')
  raise(/** @type {any} */ (HEIGHTS[Math.min(Math.max(at + by, 0), 2)]))
}

let from = 0
let dragged = false
grip.addEventListener('pointerdown', (event) => {
  from = event.clientY
  dragged = false
  grip.setPointerCapture(event.pointerId)
})
grip.addEventListener('pointerup', (event) => {
  const moved = event.clientY - from
  dragged = Math.abs(moved) > DRAG_PX
  if (dragged) step(moved < 0 ? 1 : -1)
})
grip.addEventListener('click', () => {
  if (!dragged) raise(panel.dataset.height === 'full' ? 'low' : 'full')
})
raise('low')
