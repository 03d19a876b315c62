/** The list beside the map: the same alerts and the same people, each row leading to its mark. */

import { Refused, call, inWords } from 'gis/api.js'
import { byId, make } from 'gis/page.js'
import { began, factOf, mark } from 'maps/alerts.js'
import { age, alertsShown, config, lasting, live, number, peopleShown, say, speak } from './state.js'

const clock = new Intl.DateTimeFormat('en-GB', { timeZone: config.zone, hour: '2-digit', minute: '2-digit' })
const time = (/** @type {string} */ at) => clock.format(Date.parse(at))
/** Notes that are being written: a list that is drawn anew must not lose them. @type {Map<number, string>} */
const notes = new Map()
/** @type {Map<number, string>} */ const wrongs = new Map()
let kept = ''

/** @param {string} worker @returns {string} */
const dayOf = (worker) => `${config.urls.day}?${new URLSearchParams({ worker })}`

/**
 * @param {{chooseAlert: (id: number) => void, choosePerson: (worker: string) => void, reread: () => void}} to
 */
export function drawList(to) {
  const alerts = alertsShown()
  const people = peopleShown()
  const heard = people.filter((one) => one.state !== 'silent')
  // Before anything was read nobody knows that there is none.
  const count = (/** @type {number} */ n) => (live.readAt ? number(n) : '–')
  byId('count-alerts').textContent = say('count.alerts', { n: count(alerts.length) })
  byId('count-people').textContent = say('count.people', { n: count(heard.length) })
  drawAlerts(alerts, to)
  drawPeople(people, to)
}

/** @param {import('./state.js').Alert[]} alerts @param {any} to */
function drawAlerts(alerts, to) {
  const list = byId('alerts')
  if (live.phase === 'loading') return
  // Only what changed: a row under somebody's hands stays.
  const words = JSON.stringify([alerts, live.alert, [...wrongs], Math.floor(Date.now() / 60_000), live.readAt > 0])
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus
  // Nor are words that somebody is writing taken from under an input method.
  const isWriting = focused?.startsWith('note-') && alerts.some((one) => one.id === live.alert && !one.acknowledged_at)
  if (words === kept || isWriting) return
  kept = words
  list.setAttribute('aria-busy', 'false')
  if (!alerts.length) {
    const filtered = live.subdistrict || live.kind
    list.replaceChildren(make('li', { class: 'none quiet' }, live.readAt ? say(filtered ? 'none.filtered' : 'none.alerts') : say('data.failed')))
    return
  }
  list.replaceChildren(...alerts.map((one) => alertRow(one, to)))
  if (focused) list.querySelector(`[data-focus="${focused}"]`)?.focus()
}

/** @param {import('./state.js').Alert} one @param {any} to */
function alertRow(one, to) {
  const isChosen = one.id === live.alert
  const head = make('button', { type: 'button', class: 'row', 'aria-expanded': String(isChosen), 'data-focus': `a${one.id}`, onclick: () => to.chooseAlert(one.id) },
    mark(one.kind),
    make('b', {}, one.name),
    make('span', { class: 'since' }, lasting(began(one))),
    make('span', { class: 'kind' }, say(`kind.${one.kind}`)),
    make('span', { class: 'quiet grid' }, one.grid_name),
    one.acknowledged_at && !isChosen && make('span', { class: 'quiet is-known' }, `✓ ${one.acknowledged_by}`))
  return make('li', { class: isChosen ? 'chosen' : '', 'data-kind': one.kind, 'data-known': one.acknowledged_at ? 'yes' : 'no' }, head, isChosen && details(one, to))
}

/** @param {import('./state.js').Alert} one @param {any} to */
function details(one, to) {
  const known = one.acknowledged_at
    ? make('p', {}, `✓ ${say('known', { who: one.acknowledged_by, time: time(one.acknowledged_at), note: one.note })}`)
    : form(one, to)
  return make('div', { class: 'details' },
    make('p', {}, factOf(one, speak, time)),
    one.lon === null && make('p', { class: 'quiet' }, say('no_place')),
    known,
    make('p', {}, make('a', { href: dayOf(one.worker) }, say('replay'))))
}

/** @param {import('./state.js').Alert} one @param {any} to */
function form(one, to) {
  const id = `note-${one.id}`
  const wrong = wrongs.get(one.id)
  const text = /** @type {HTMLTextAreaElement} */ (make('textarea', { id, rows: '2', maxlength: config.most_note, required: true, 'data-focus': id, 'aria-invalid': wrong ? 'true' : false, 'aria-describedby': wrong ? `${id}-wrong` : false }))
  text.value = notes.get(one.id) ?? ''
  text.addEventListener('input', () => notes.set(one.id, text.value))
  const button = /** @type {HTMLButtonElement} */ (make('button', { class: 'button main', 'data-focus': `k${one.id}` }, say('know')))
  const write = make('form', { class: 'know' },
    make('label', { class: 'field', for: id }, say('note')), text, button,
    wrong && make('p', { class: 'wrong', id: `${id}-wrong`, role: 'alert' }, wrong))
  write.addEventListener('submit', async (event) => {
    event.preventDefault()
    button.disabled = true
    button.textContent = say('knowing')
    await acknowledge(one.id, text.value)
    to.reread()
  })
  return write
}

/** @param {number} id @param {string} note */
async function acknowledge(id, note) {
  wrongs.delete(id)
  try {
    await call(`${config.urls.alerts}/${id}/acknowledge`, { body: { note } })
    notes.delete(id)
    byId('spoken').textContent = say('said.known')
  } catch (error) {
    // Drawn anew with its words, even if they are the same as before.
    kept = ''
    wrongs.set(id, error instanceof Refused ? say('refused', { why: error.reasons.map(inWords).join(' ') }) : say('unanswered'))
  }
}

/** @param {import('./state.js').Seen[]} people @param {any} to */
function drawPeople(people, to) {
  const list = byId('people')
  if (live.phase === 'loading' || list.hidden) return
  const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset.focus
  list.replaceChildren(...(people.length ? people.map((one) => personRow(one, to)) : [make('li', { class: 'none quiet' }, say('none.people'))]))
  if (focused) /** @type {HTMLElement | null} */ (list.querySelector(`[data-focus="${CSS.escape(focused)}"]`))?.focus()
}

/** @param {import('./state.js').Seen} one @param {any} to */
function personRow(one, to) {
  const isChosen = one.worker === live.worker
  return make('li', { class: isChosen ? 'chosen' : '' },
    make('button', { type: 'button', class: 'row', 'aria-expanded': String(isChosen), 'data-focus': `p${one.worker}`, onclick: () => to.choosePerson(one.worker) },
      make('i', { class: `dot ${one.state}`, 'aria-hidden': 'true' }),
      make('b', {}, one.name),
      make('span', { class: 'since' }, age(one.at)),
      make('span', { class: 'kind' }, say(`state.${one.state}`)),
      make('span', { class: 'quiet grid' }, config.grids[one.grid]?.name ?? '')),
    isChosen && make('div', { class: 'details' },
      one.accuracy !== null && make('p', {}, say('accuracy', { n: number(Math.round(one.accuracy)) })),
      make('p', {}, make('a', { href: dayOf(one.worker) }, say('replay')))))
}
