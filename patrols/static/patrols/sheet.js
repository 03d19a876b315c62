/** The sheet over the map, in three heights: by a drag, by its button, by the arrow keys. */

import { byId } from 'gis/page.js'
import { say } from './state.js'

const HEIGHTS = ['peek', 'half', 'full']
const NEXT = { peek: 'half', half: 'full', full: 'half' }
// A finger that moved less has tapped.
const TAP_PX = 8
const sheet = byId('sheet')
const handle = byId('handle')
let dragged = false

export function beginSheet() {
  setSheet('half')
  handle.addEventListener('click', () => {
    if (!dragged) setSheet(NEXT[sheet.dataset.height ?? 'half'])
  })
  handle.addEventListener('keydown', (event) => {
    const step = { ArrowUp: 1, ArrowDown: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    setSheet(HEIGHTS[Math.min(2, Math.max(0, HEIGHTS.indexOf(sheet.dataset.height ?? 'half') + step))])
  })
  handle.addEventListener('pointerdown', drag)
}

/** @param {string} height */
export function setSheet(height) {
  sheet.dataset.height = height
  handle.setAttribute('aria-expanded', String(height !== 'peek'))
  handle.setAttribute('aria-label', say(`sheet.${NEXT[height]}`))
  // What is not seen is not reached by the keyboard either.
  byId('sheet-more').inert = height === 'peek'
  if (height !== 'full') sheet.scrollTop = 0
}

/** @param {PointerEvent} down */
function drag(down) {
  const from = sheet.offsetHeight
  dragged = false
  handle.setPointerCapture(down.pointerId)
  /** @param {PointerEvent} event */
  const move = (event) => {
    const by = down.clientY - event.clientY
    dragged ||= Math.abs(by) > TAP_PX
    if (dragged) {
      sheet.classList.add('dragged')
      sheet.style.height = `${from + by}px`
    }
  }
  const up = () => {
    handle.removeEventListener('pointermove', move)
    const left = sheet.offsetHeight
    sheet.style.height = ''
    // Measured before heights take their time again.
    if (dragged) setSheet(nearest(left))
    sheet.classList.remove('dragged')
  }
  handle.addEventListener('pointermove', move)
  for (const name of ['pointerup', 'pointercancel']) handle.addEventListener(name, up, { once: true })
}

/** The height that is nearest to where the finger left it. @param {number} px */
function nearest(px) {
  const now = sheet.dataset.height
  const away = HEIGHTS.map((height) => {
    sheet.dataset.height = height
    return Math.abs(sheet.offsetHeight - px)
  })
  sheet.dataset.height = now
  return HEIGHTS[away.indexOf(Math.min(...away))]
}
