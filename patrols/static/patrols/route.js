/** One route: its stops in their order, and what is left of it. */

import { byId, make } from 'gis/page.js'
import { icon } from 'report/icon.js'
import { close, opened } from './panels.js'
import { metres } from './position.js'
import { away, deed, due, pending, spots, walked } from './spots.js'
import { on, say } from './state.js'

const panel = byId('route')

export function beginRoute() {
  on('panel', ({ name }) => { if (name === 'route') show() })
  on('spots', again)
  on('outbox', again)
}

function again() {
  if (opened().name !== 'route') return
  const held = panel.contains(document.activeElement)
  const top = panel.querySelector('.body')?.scrollTop ?? 0
  show()
  const body = panel.querySelector('.body')
  if (body) body.scrollTop = top
  if (held) byId('route-title').focus()
}

function show() {
  const { routes, rows } = spots()
  const route = routes.find((one) => String(one.id) === opened().about)
  if (!route) return close()
  panel.replaceChildren(
    make('header', { class: 'head' }, make('button', { type: 'button', class: 'icon-button', 'aria-label': say('back'), onclick: close }, icon('back')), make('h2', { id: 'route-title', tabindex: -1 }, route.name)),
    make('div', { class: 'body' },
      make('p', { class: 'quiet' }, say('route.about', { n: walked(route), all: route.stops.length, days: route.every_days })),
      make('ol', { class: 'tasks stops' }, ...route.stops.map((stop) => row(stop, rows.find((one) => one.id === stop.spot))))))
}

/** @param {any} stop @param {any} spot where it is; its rhythm is the route's */
function row(stop, spot) {
  const far = spot && away(spot)
  const isDone = stop.state === 'ok' && !pending(stop.spot)
  return make('li', {},
    make('span', { class: 'stop-order', 'aria-hidden': 'true' }, String(stop.order)),
    make('span', { class: 't' }, make('b', {}, stop.name), make('span', {}, [spot?.type_name, far == null ? '' : metres(far)].filter(Boolean).join(' · ')), due(stop)),
    isDone ? icon('done', 'ok') : spot ? deed(spot) : null)
}
