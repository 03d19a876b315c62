/** What can be done now: one main button with what follows from it, the others, and why not the rest. */

import { Refused, Unanswered, call, inWords } from 'gis/api.js'
import { make } from 'gis/page.js'
import { makeForm } from './form.js'
import { config, desk, memory, on, say, speak, tell, uuid } from './state.js'

/** A letter for each action. @type {Record<string, string>} */
export const LETTERS = {
  verify: 'v', file: 'f', dispatch: 'd', check_in: 'c', handle: 'h', feed_back: 'b', inspect: 'i', close: 'o', call_back: 'l', survey: 'y',
  return: 'r', rework: 'w', suspend: 's', resume: 'u', extend: 'e', void: 'z', escalate: 'p', deescalate: 'q', supervise: 'g', reply: 'a',
  reopen: 't', merge: 'm', unmerge: 'n', move: '.', recategorise: ',', self_handle: '1',
}
/** The next step of the normal path, by state. @type {Record<string, string[]>} */
const NEXT = {
  received: ['file', 'verify'], verified: ['file'], filed: ['dispatch'], dispatched: ['check_in'], checked_in: ['handle'], handled: ['feed_back'],
  fed_back: ['inspect'], inspected: ['close'], closed: ['call_back'], suspended: ['resume'],
}
let place = /** @type {HTMLElement | null} */ (null)
let shown = ''
/** What happened while a form was filled in, until the next step is taken. @type {HTMLElement | null} */
let notice = null

export function beginActions() {
  on('closed', () => { shown = '' })
  on('pin', ({ lon, lat }) => form?.set({ lon, lat }))
}

/** @type {ReturnType<typeof makeForm> | null} */
let form = null

/** @param {HTMLElement} into */
export function showActions(into) {
  place = into
  const one = desk.open
  // A form that somebody fills in stays, as long as its action is still open.
  if (form && shown === one.number && one.actions.some((action) => action.name === form?.action.name)) return
  form = null
  if (shown !== one.number) notice = null
  shown = one.number
  tell('pin-end')
  const kept = one.actions.find((action) => memory.get(`draft:${one.number}:${action.name}`))
  if (kept) return begin(kept.name)
  const main = mainOf(one)
  const others = one.actions.filter((action) => action !== main)
  into.replaceChildren(...[
    notice,
    main ? make('div', { class: 'go' }, button(main, 'button main big'), make('p', {}, consequence(main))) : make('p', { class: 'quiet' }, say(one.actions.length ? 'act.no_next' : 'act.none')),
    others.length ? make('div', { class: 'others' }, ...others.map((action) => button(action, 'button other'))) : null,
    closed(one),
  ].filter(Boolean))
}

/** What waits for a decision comes first, then the next step. @param {any} one */
export function mainOf(one) {
  const decides = one.actions.find((action) => action.needs.some((need) => need.name === 'decision'))
  const names = NEXT[one.state] ?? []
  return decides ?? names.map((name) => one.actions.find((action) => action.name === name)).find(Boolean) ?? null
}

/** @param {any} action */
function button(action, look) {
  const letter = LETTERS[action.name]
  return make('button', { type: 'button', class: look, 'data-action': action.name, 'aria-keyshortcuts': letter, onclick: () => begin(action.name) }, labelOf(action), make('kbd', {}, letter))
}

/** An answer to a request says so. @param {any} action */
export const labelOf = (action) => (action.needs.some((need) => need.name === 'decision') ? say('act.decide', { what: action.label }) : action.label)

/** @param {any} action */
export function consequence({ leads }) {
  const found = [leads.state !== desk.open?.state && leads.state_label ? say('leads.state', { state: leads.state_label }) : say('leads.stays', { event: leads.event_label })]
  if (leads.ends.length) found.push(say('leads.ends', { steps: leads.ends.join('、') }))
  if (leads.starts.length) found.push(say('leads.starts', { steps: leads.starts.join('、') }))
  if (leads.clocks === 'paused') found.push(say('leads.paused'))
  if (leads.clocks === 'resumed') found.push(say('leads.resumed'))
  return found.join(say('joins')) + say('stop')
}

/** @param {any} one */
function closed(one) {
  if (!one.closed_actions.length) return null
  return make('details', { class: 'closed-acts' }, make('summary', {}, say('act.closed', { n: one.closed_actions.length })),
    make('ul', {}, ...one.closed_actions.map((action) => make('li', {}, make('b', {}, action.label), ' ', make('span', { class: 'quiet' }, inLanguage(action.why))))))
}

/** `中文。 (English.)`: the half that is read. @param {string} text */
function inLanguage(text) {
  const [zh, en] = text.split(' (')
  return config.language === 'en' && en ? en.replace(/\)$/, '') : zh
}

/** Open the form of an action. @param {string} name */
export function begin(name) {
  const action = desk.open?.actions.find((one) => one.name === name)
  if (!action || !place) return false
  const number = desk.open.number
  notice = null
  const draft = memory.get(`draft:${number}:${name}`)
  form = makeForm({
    action,
    label: labelOf(action),
    says: consequence(action),
    values: draft?.values ?? {},
    onChange: (values) => memory.set(`draft:${number}:${name}`, { ...memory.get(`draft:${number}:${name}`), values }),
    onSend: (values) => send(number, action, values),
    onLeave: () => {
      memory.set(`draft:${number}:${name}`, null)
      leave()
    },
  })
  place.replaceChildren(form.element)
  form.focus()
  if (name === 'move') tell('pin-begin', form.values())
  return true
}

/** Away from the form, to the buttons. */
export function leave() {
  const name = form?.action.name
  form = null
  tell('pin-end')
  if (place && desk.open?.actions) showActions(place)
  const back = place?.querySelector(`[data-action="${name}"]`)
  if (back instanceof HTMLElement) back.focus()
}

export const isFilling = () => form !== null

/** @param {string} number @param {any} action @param {Record<string, any>} values */
async function send(number, action, values) {
  const place_ = `draft:${number}:${action.name}`
  const draft = memory.get(place_) ?? {}
  const body = JSON.stringify(values)
  // The same words under the same key: sent twice is done once.
  const key = draft.body === body && draft.key ? draft.key : uuid()
  memory.set(place_, { ...draft, values: form?.values() ?? values, body, key })
  form?.busy(say('act.sending', { what: action.label }))
  const before = desk.open.events.length
  try {
    await call(`${config.urls.incidents}/${number}/actions/${action.name}`, { body: values, key })
  } catch (error) {
    form?.free()
    if (error instanceof Refused && error.status === 422) return form?.wrong(error.reasons)
    if (error instanceof Refused && error.status === 409) return moved(number, before, error)
    if (error instanceof Refused) return form?.wrong(error.reasons.map((one) => ({ ...one, field: null })))
    if (error instanceof Unanswered) form?.wrong([{ field: null, code: 'unanswered', message: say('act.unanswered'), message_en: say('act.unanswered') }])
    return
  }
  memory.set(place_, null)
  form = null
  speak(say('act.done', { what: action.label }))
  tell('done', { number, action: action.name })
  tell('live', [number])
}

/** The case is elsewhere by now: it is read anew, and what happened meanwhile is said. @param {string} number @param {number} before @param {Refused} error */
async function moved(number, before, error) {
  const told = await call(`${config.urls.incidents}/${number}`).catch(() => null)
  if (!told || desk.open?.number !== number) return
  const news = told.events.slice(before).map((event) => `${event.by || say('by.system')} ${event.label}`).join('、')
  desk.open = told
  memory.set(`draft:${number}:${form?.action.name}`, null)
  form = null
  const why = error.reasons.map(inWords).join(' ')
  notice = make('p', { class: 'notice amber', role: 'alert' }, make('b', {}, say('act.moved')), ' ', news ? say('act.moved.by', { news }) : why)
  tell('reshow')
}
