/** What became of the sending: one screen for each way it can go. */

import { byId, make } from 'gis/page.js'
import { copy } from 'gis/copy.js'
import { icon } from './icon.js'
import { attempt, drop } from './send.js'
import { config, say } from './state.js'

const box = byId('outcome')
let counting = 0

/** @param {import('./send.js').Phase} phase @param {{again: () => void, left: () => void}} by */
export function showOutcome(phase, by) {
  clearInterval(counting)
  box.dataset.phase = phase.phase
  box.setAttribute('aria-busy', String(phase.phase === 'photos' || phase.phase === 'report'))
  if (phase.phase === 'photos' || phase.phase === 'report') sending(phase)
  else if (phase.phase === 'offline') fill('clock', say('offline.title'), say('offline.text'), [retry(), leave(by.left)])
  else if (phase.phase === 'failed') trouble('failed', phase.retryS, by.left)
  else if (phase.phase === 'wait') trouble('wait', phase.retryS, by.left)
  else if (phase.phase === 'sent') sent(phase.sent, by.again)
}

/** @param {string} mark @param {string} title @param {string} text @param {(Node | false)[]} actions @param {(Node | false)[]} [more] */
function fill(mark, title, text, actions, more = []) {
  box.replaceChildren(icon(mark, 'big'), make('h2', { tabindex: -1 }, title), make('p', {}, text), ...more.filter(Boolean).map((one) => /** @type {Node} */ (one)),
    make('div', { class: 'foot' }, ...actions))
}

const retry = () => make('button', { type: 'button', class: 'primary wide', onclick: () => attempt() }, say('retry'))

/** Asked once more, since it may have arrived. @param {() => void} left */
function leave(left) {
  const button = make('button', { type: 'button', class: 'second', onclick: () => {
    const ask = make('div', { class: 'sure', role: 'alertdialog', 'aria-label': say('failed.drop.text') }, make('p', {}, say('failed.drop.text')),
      make('div', { class: 'pair' },
        make('button', { type: 'button', class: 'second', onclick: () => { drop(); left() } }, say('failed.drop.sure')),
        make('button', { type: 'button', class: 'primary', onclick: () => { ask.remove(); button.focus() } }, say('failed.keep'))))
    box.querySelector('.sure')?.remove()
    box.querySelector('.foot')?.before(ask)
    ask.querySelector('button')?.focus()
  } }, say('failed.drop'))
  return button
}

/** @param {any} phase */
function sending(phase) {
  const text = phase.phase === 'photos' && phase.of ? say('sending.photos', { n: phase.n, of: phase.of }) : say('sending.report')
  const share = phase.phase === 'photos' ? (phase.of ? 0.9 * ((phase.n - 1 + phase.share) / phase.of) : 0) : 0.95
  let bar = /** @type {HTMLElement | null} */ (box.querySelector('.progress'))
  if (!bar) {
    bar = make('div', { class: 'progress', role: 'progressbar', 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-labelledby': 'sending' }, make('i'))
    box.replaceChildren(make('h2', { tabindex: -1, id: 'sending' }), bar, make('p', { class: 'quiet' }, say('sending.safe')))
  }
  byId('sending').textContent = text
  bar.setAttribute('aria-valuenow', String(Math.round(share * 100)))
  const inner = /** @type {HTMLElement} */ (bar.firstElementChild)
  inner.style.width = `${Math.round(share * 100)}%`
}

/** @param {'failed' | 'wait'} name @param {number} seconds @param {() => void} left */
function trouble(name, seconds, left) {
  const count = make('p', { class: 'quiet', 'aria-live': 'off' })
  let rest = Math.round(seconds)
  const tick = () => {
    count.textContent = say('failed.next', { n: Math.max(rest, 0) })
    rest -= 1
  }
  tick()
  counting = window.setInterval(tick, 1000)
  fill('warn', say(`${name}.title`), say(`${name}.text`), [leave(left), retry()], [count])
}

/** @param {any} sent @param {() => void} again */
function sent(sent, again) {
  const copied = make('span', { class: 'copied', role: 'status' })
  const button = make('button', { type: 'button', class: 'second', onclick: async () => {
    if (await copy(sent.number)) copied.replaceChildren(icon('done'), say('copied'))
  } }, say('copy'))
  const grid = sent.snap?.grid
  fill('done', say('sent.title'), grid ? say('sent.grid', { grid: grid.name }) : say('sent.unplaced'), [
    make('button', { type: 'button', class: 'second', onclick: again }, say('sent.again')),
    make('a', { class: 'primary wide', href: config.urls.page + sent.number, id: 'follow' }, say('sent.follow')),
  ], [
    make('div', { class: 'card' }, make('span', { class: 'quiet' }, say('sent.number')), make('span', { class: 'number', id: 'sent-number' }, sent.number), make('div', { class: 'copying' }, button, copied)),
    make('p', { class: 'quiet' }, say(sent.hasPhone ? 'sent.keep.phone' : 'sent.keep.plain')),
  ])
}
