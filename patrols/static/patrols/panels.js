/** What lies over the map: one panel at a time, known to the browser's way back. */

import { byId } from 'gis/page.js'
import { tell } from './state.js'

const NAMES = ['report', 'task', 'route', 'spot', 'queue']

/** The panel that is open, and what it is about. */
export function opened() {
  const [name, about = ''] = location.hash.slice(1).split('=')
  return NAMES.includes(name) ? { name, about: decodeURIComponent(about) } : { name: '', about: '' }
}

/** @param {'report' | 'task' | 'route' | 'spot' | 'queue'} name @param {string} [about] */
export function open(name, about) {
  location.hash = about ? `${name}=${encodeURIComponent(about)}` : name
}

/** Back to the map. */
export function close() {
  history.replaceState(null, '', location.pathname)
  show()
}

export function beginPanels() {
  addEventListener('hashchange', show)
  show()
}

function show() {
  const { name, about } = opened()
  for (const one of NAMES) byId(one).hidden = one !== name
  byId('foot').hidden = name && name !== 'queue'
  tell('panel', { name, about })
  if (name) byId(name).querySelector('h2')?.focus()
}
