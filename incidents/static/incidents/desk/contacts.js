/** Who reported: masked, and shown for a reason while the page is open. */

import { Refused, call, inWords } from 'gis/api.js'
import { byId, make } from 'gis/page.js'
import { config, desk, say, speak, tell, uuid } from './state.js'

/** @type {Map<string, {name: string, phone: string}>} by the report's number; gone with the page */
const revealed = new Map()

/** @param {any} report */
export function contactOf(report) {
  if (!report.contact) return make('p', { class: 'quiet' }, say('contact.none'))
  const shown = revealed.get(report.number)
  if (shown) {
    return make('p', { class: 'contact shown' }, make('b', {}, shown.name || say('contact.nameless')), ' ', make('a', { class: 'code', href: `tel:${shown.phone}` }, shown.phone), ' ', make('small', { class: 'quiet' }, say('contact.shown')))
  }
  return make('p', { class: 'contact' }, `${report.contact.name} `, make('span', { class: 'code' }, report.contact.phone), ' ',
    desk.open.may_reveal
      ? make('button', { type: 'button', class: 'link', onclick: () => askWhy(desk.open.number) }, say('contact.reveal'))
      : make('small', { class: 'quiet' }, say('contact.not_yours')))
}

/** @param {string} number */
function askWhy(number) {
  const dialog = /** @type {HTMLDialogElement} */ (byId('keeping'))
  const wrong = make('p', { class: 'wrong', role: 'alert', hidden: true })
  const reason = /** @type {HTMLTextAreaElement} */ (make('textarea', { name: 'reason', rows: 2, maxlength: 200, required: true }))
  const key = uuid()
  const go = /** @type {HTMLButtonElement} */ (make('button', { class: 'button main' }, say('contact.reveal')))
  const form = make('form', { class: 'stack', onsubmit: async (/** @type {Event} */ event) => {
    event.preventDefault()
    go.disabled = true
    try {
      const told = await call(`${config.urls.incidents}/${number}/contacts`, { body: { reason: reason.value.trim() }, key })
      for (const one of told.contacts) revealed.set(one.report, one)
      dialog.close()
      tell('contacts')
      tell('done')
      speak(say('contact.done'))
    } catch (error) {
      go.disabled = false
      wrong.hidden = false
      wrong.textContent = error instanceof Refused ? error.reasons.map(inWords).join(' ') : say('failed.safe')
    }
  } },
    make('h2', {}, say('contact.reveal')),
    make('p', { class: 'quiet' }, say('contact.why')),
    make('label', { class: 'field' }, say('contact.reason'), reason),
    wrong,
    make('div', { class: 'row' }, go, make('button', { type: 'button', class: 'button', onclick: () => dialog.close() }, say('leave'))))
  dialog.replaceChildren(form)
  dialog.showModal()
}
