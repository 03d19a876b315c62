/** Open cases like this one nearby: "that is it" spares a report, and is told its state. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { icon } from './icon.js'
import { config, draft, say } from './state.js'

const WITHIN_M = 50
const box = byId('similar')
let asked = ''

/** Ask again whenever place or category are others than before. @param {() => void} give called when somebody gives up reporting */
export async function showNearby(give) {
  const spot = draft.place?.spot
  const question = JSON.stringify([spot, draft.kind, draft.category])
  if (question === asked) return
  asked = question
  box.hidden = true
  if (!spot || !draft.kind) return
  const query = {
    lon: String(spot.lon), lat: String(spot.lat), datum: 'wgs84', place: config.place,
    ...(draft.category ? { category: draft.category } : { kind: draft.kind }),
  }
  try {
    const cases = await call(config.urls.nearby, { query })
    if (question === asked && cases.length) show(cases, give)
  } catch {
    // Not knowing of others is no reason to keep anybody from reporting; it is asked again next time.
    asked = ''
  }
}

/** @param {any} one */
const where = (one) => (one.distance_m ? say('similar.far', { n: one.distance_m }) : say('similar.here'))
/** @param {any} one */
const age = (one) => (one.age_days ? say('similar.days', { n: one.age_days }) : say('similar.today'))
/** @param {any} one */
const nameOf = (one) => one.category?.name ?? say(`kind.${one.kind}`)

/** @param {any[]} cases @param {() => void} give */
function show(cases, give) {
  const farthest = Math.max(...cases.map((one) => one.distance_m), 5)
  box.replaceChildren(
    make('h2', {}, say('similar.title', { m: Math.min(farthest, WITHIN_M), name: nameOf(cases[0]) })),
    make('ul', {}, ...cases.slice(0, 3).map((one) => make('li', {},
      make('span', {}, make('b', {}, nameOf(one)),
        make('small', {}, [where(one), age(one), say(`state.${one.state}`), one.reports > 1 && say('similar.reports', { n: one.reports })].filter(Boolean).join(' · '))),
      make('button', { type: 'button', class: 'second', onclick: () => known(one, cases, give) }, say('similar.same'))))),
  )
  box.hidden = false
}

/** @param {any} one @param {any[]} cases @param {() => void} give */
function known(one, cases, give) {
  const title = make('h2', { tabindex: -1 }, icon('done'), say('similar.known'))
  box.replaceChildren(title,
    make('p', {}, say('similar.known.text', { name: nameOf(one), where: where(one), age: age(one), state: say(`state.${one.state}`) })),
    make('div', { class: 'pair' },
      make('button', { type: 'button', class: 'primary', onclick: give }, say('similar.close')),
      make('button', { type: 'button', class: 'second', onclick: () => { show(cases, give); box.querySelector('button')?.focus() } }, say('similar.still'))))
  title.focus()
}
