/** Open cases near the spot: the one that it is can be chosen, by a click or by Alt and its number. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'

const MOST = 9

/**
 * @param {{url: string, place: string, say: (key: string, values?: object) => string, chosen: (number: string | null) => void}} by
 */
export function beginSimilar(by) {
  const { say } = by
  const box = byId('similar')
  /** @type {any[]} */
  let cases = []
  /** @type {string | null} */
  let same = null
  let asked = ''

  /** @param {string | null} number */
  function choose(number) {
    same = same === number ? null : number
    by.chosen(same)
    show()
  }

  function show() {
    if (!cases.length) {
      box.replaceChildren(make('p', { class: 'quiet' }, say(asked ? 'similar.none' : 'similar.first')))
      return
    }
    box.replaceChildren(make('ol', {}, ...cases.map((one, index) => make('li', {},
      make('span', {}, make('b', {}, `${index + 1}. ${one.category?.name ?? say(`kind.${one.kind}`)} · ${one.incident}`),
        make('small', { class: 'quiet' }, [
          one.distance_m ? say('similar.far', { n: one.distance_m }) : say('similar.here'),
          one.age_days ? say('similar.days', { n: one.age_days }) : say('similar.today'),
          say(`state.${one.state}`), say('similar.reports', { n: one.reports })].join(' · '))),
      make('button', { type: 'button', class: 'button', 'aria-pressed': String(same === one.incident), onclick: () => choose(one.incident) },
        say(same === one.incident ? 'similar.other' : 'similar.same'))))))
  }

  /** @param {{lon: number, lat: number} | null} spot @param {{code: string | null, kind: string} | null} category */
  async function ask(spot, category) {
    const question = spot ? JSON.stringify([spot.lon, spot.lat, category?.code, category?.kind]) : ''
    if (question === asked) return
    asked = question
    if (!spot) cases = []
    else {
      try {
        const query = { lon: String(spot.lon), lat: String(spot.lat), datum: 'wgs84', place: by.place,
          ...(category?.code ? { category: category.code } : category ? { kind: category.kind } : {}) }
        const found = await call(by.url, { query })
        if (question !== asked) return
        // A case that the clerk may not see cannot be joined.
        cases = found.filter((/** @type {any} */ one) => one.incident).slice(0, MOST)
      } catch {
        if (question === asked) asked = ''
        cases = []
      }
    }
    if (same && !cases.some((one) => one.incident === same)) {
      same = null
      by.chosen(null)
    }
    show()
  }

  addEventListener('keydown', (event) => {
    const index = /^Digit([1-9])$/.exec(event.code)?.[1]
    if (!event.altKey || event.ctrlKey || !index || !cases[Number(index) - 1]) return
    event.preventDefault()
    choose(cases[Number(index) - 1].incident)
  })
  show()
  return { ask }
}
