/** The page that takes a report: steps by the address's hash, so that "back" goes a step back. */

import { byId, make } from 'gis/page.js'
import { inWords } from 'gis/api.js'
import { beginKinds } from './kinds.js'
import { read, write } from './keep.js'
import { showNearby } from './nearby.js'
import { showOutcome } from './outcome.js'
import { beginPhotos, tell as wrongPhoto } from './photos.js'
import { beginPlace, placeName, showPlace, wrongPlace } from './place.js'
import { attempt, beginSending, drop, isWaiting, send } from './send.js'
import { change, draft, onChange, say, titleOf } from './state.js'

const STEPS = ['photo', 'place', 'kind', 'send']
const input = (id) => /** @type {HTMLInputElement} */ (byId(id))
const title = byId('title')
const home = byId('back').getAttribute('href') ?? '/'
/** Fields of the API → the step, and where on it the reason is told. */
const FIELDS = [
  [/^photos/, 'photo', wrongPhoto],
  [/^location|^place$/, 'place', wrongPlace],
  [/^kind$|^category$/, 'kind', (text) => wrong('kind-wrong', text)],
  [/^description$/, 'send', (text) => wrong('description-wrong', text, 'words')],
  [/^reporter\.phone$/, 'send', (text) => wrong('phone-wrong', text, 'phone')],
  [/^reporter\.organisation$/, 'send', (text) => wrong('organisation-wrong', text, 'organisation')],
  [/^reporter\.credit_code$/, 'send', (text) => wrong('credit-wrong', text, 'creditCode')],
  [/^reporter/, 'send', (text) => wrong('name-wrong', text, 'name')],
]
/** What this page asks for in words. */
const ASKED = ['words', 'phone', 'name', 'organisation', 'creditCode'].filter((id) => document.getElementById(id))
let shown = ''

/** @param {string} id @param {string} text @param {string} [field] */
function wrong(id, text, field) {
  // Not every page asks for everything.
  if (!document.getElementById(id)) return
  byId(id).hidden = !text
  byId(id).textContent = text
  if (field) input(field).setAttribute('aria-invalid', String(Boolean(text)))
}

const step = () => (location.hash.slice(1) === 'outcome' || STEPS.includes(location.hash.slice(1)) ? location.hash.slice(1) : STEPS[0])

/** @param {string} name @param {boolean} [instead] of the entry that the browser is at */
function go(name, instead = false) {
  if (instead) location.replace(`#${name}`)
  else location.hash = name
  render()
}

/** @param {boolean} [focus] */
function render(focus = true) {
  // While something waits to be sent there is nothing to edit: it may have arrived already.
  if (isWaiting() && step() !== 'outcome') {
    go('outcome', true)
    return
  }
  if (step() === 'outcome' && !isWaiting() && !read('sent')) {
    go(STEPS[0], true)
    return
  }
  const now = step()
  if (now === shown) return
  shown = now
  for (const name of [...STEPS, 'outcome']) byId(name).hidden = name !== now
  document.body.dataset.step = now
  title.textContent = say(`${now}.title`)
  document.title = `${say(`${now}.title`)} · ${say('title')}`
  const at = STEPS.indexOf(now)
  byId('steps').hidden = at < 0
  for (const [index, mark] of byId('steps').querySelectorAll('i').entries()) mark.className = index <= at ? 'on' : ''
  const count = /** @type {HTMLElement} */ (byId('steps').querySelector('span'))
  count.replaceChildren(make('span', { class: 'unseen' }, say('step', { n: at + 1, of: STEPS.length })), make('span', { 'aria-hidden': 'true' }, `${at + 1} / ${STEPS.length}`))
  for (const link of document.querySelectorAll('.side a')) link.setAttribute('aria-current', link.getAttribute('href') === `#${now}` ? 'step' : 'false')
  byId('back').setAttribute('href', at > 0 ? `#${STEPS[at - 1]}` : home)
  if (now === 'place') showPlace()
  if (now === 'send') showNearby(() => { drop(); go(STEPS[0]) })
  showDraft()
  scrollTo(0, 0)
  if (focus) title.focus({ preventScroll: true })
}

/** What has been said so far: beside the steps on a wide screen, and on top of the last one. */
function showDraft() {
  const photos = draft.photos.length ? say('photo.count', { n: draft.photos.length }) : say('photo.none')
  byId('said-photo').textContent = photos
  byId('said-place').textContent = placeName() || say('place.none')
  byId('said-kind').textContent = titleOf() || say('kind.none')
  byId('sum-kind').textContent = titleOf() || say('kind.none')
  byId('sum-place').textContent = placeName() || say('place.none')
  byId('sum-photos').textContent = photos
  const thumb = draft.photos.find((photo) => photo.thumb)?.thumb
  byId('sum-photo').replaceChildren(...(thumb ? [make('img', { src: thumb, alt: '' })] : []))
  byId('sum-photo').hidden = !thumb
  byId('words-hint').textContent = draft.categoryName ? say('send.words.optional', { name: draft.categoryName }) : say('send.words.needed')
  const waiting = !draft.place ? 'send.place.missing' : !draft.kind ? 'send.kind.missing' : 'send.go'
  byId('go').textContent = say(waiting)
}

/** What is missing is where the button leads; nothing is sent before. */
function goOn() {
  clearWrongs()
  if (draft.photos.some((photo) => photo.state === 'wrong')) {
    wrongPhoto(say('photo.wrong_left'))
    go('photo')
  } else if (!draft.place) go('place')
  else if (!draft.kind) go('kind')
  else if (!draft.words.trim() && !draft.categoryName) {
    wrong('description-wrong', say('send.words.missing'), 'words')
    input('words').focus()
  } else if (ASKED.includes('organisation') && !draft.organisation.trim()) {
    wrong('organisation-wrong', say('send.organisation.missing'), 'organisation')
    input('organisation').focus()
  } else {
    write('sent', null)
    send()
    go('outcome')
  }
}

function clearWrongs() {
  for (const [, , tell] of FIELDS) /** @type {(text: string) => void} */ (tell)('')
  byId('send-wrong').hidden = true
}

/** Tell each reason at its field, and go to the first. @param {import('gis/api.js').Reason[]} reasons */
function showRefusal(reasons) {
  clearWrongs()
  let first = ''
  const list = []
  for (const reason of reasons) {
    const [, where, tell] = FIELDS.find(([pattern]) => /** @type {RegExp} */ (pattern).test(reason.field ?? '')) ?? [null, 'send', null]
    first ||= /** @type {string} */ (where)
    if (tell) /** @type {(text: string) => void} */ (tell)(inWords(reason))
    list.push(make('li', {}, inWords(reason)))
  }
  byId('send-wrong').replaceChildren(make('p', {}, say('refused')), make('ul', {}, ...list))
  byId('send-wrong').hidden = false
  go(first || 'send', true)
  if (first === 'send' || !first) (/** @type {HTMLElement | null} */ (document.querySelector('#send [aria-invalid=true]')) ?? byId('go')).focus()
}

function showNetwork() {
  const band = byId('network')
  band.hidden = navigator.onLine
  band.textContent = navigator.onLine ? '' : say('send.offline')
}

/** @param {import('./send.js').Phase} phase */
function onPhase(phase) {
  if (phase.phase === 'refused') {
    showRefusal(phase.reasons)
    return
  }
  const before = byId('outcome').dataset.phase
  go('outcome', true)
  showOutcome(phase, {
    again: () => { write('sent', null); go(STEPS[0]) },
    left: () => go(STEPS[0], true),
  })
  if (before !== phase.phase) /** @type {HTMLElement | null} */ (byId('outcome').querySelector('h2'))?.focus({ preventScroll: true })
}

function begin() {
  beginSending(onPhase)
  beginPhotos()
  beginPlace(() => go('kind'))
  beginKinds(() => go('send'))
  for (const id of ASKED) {
    input(id).value = draft[id]
    input(id).addEventListener('input', () => change({ [id]: input(id).value }))
  }
  byId('go').addEventListener('click', goOn)
  byId('words-form').addEventListener('submit', (event) => {
    event.preventDefault()
    goOn()
  })
  onChange(() => {
    for (const id of ASKED) if (input(id).value !== draft[id]) input(id).value = draft[id]
    showDraft()
  })
  addEventListener('hashchange', () => render())
  addEventListener('online', showNetwork)
  addEventListener('offline', showNetwork)
  showNetwork()
  const sent = read('sent')
  if (isWaiting()) attempt()
  else if (sent && step() === 'outcome') onPhase({ phase: 'sent', sent })
  render(false)
}

begin()
