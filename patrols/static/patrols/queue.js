/** What waits, what was refused and why, what was sent: three looks, told apart without colour. */

import { byId, make } from 'gis/page.js'
import { icon } from 'report/icon.js'
import { track } from './fixes.js'
import { again, discard, drain, outbox } from './outbox.js'
import { clockSaid, instant } from './clock.js'
import { close, open, opened } from './panels.js'
import { mend } from './report.js'
import { clock, config, isOffline, on, say } from './state.js'

const panel = byId('queue')
const DAY_MS = 86_400_000
let sure = ''

export function beginQueue() {
  byId('waiting').addEventListener('click', () => open('queue'))
  on('panel', ({ name }) => { if (name === 'queue') show() })
  on('outbox', () => {
    strip()
    if (opened().name === 'queue') show()
  })
  strip()
}

export const waits = () => outbox.items.filter((one) => one.state !== 'sent').length

function strip() {
  const offline = isOffline()
  byId('strip').classList.toggle('off', offline)
  byId('net-said').textContent = say(offline ? 'net.off' : outbox.sending ? 'net.sending' : 'net.on')
  byId('waiting').textContent = say('waiting', { n: waits() })
  const band = byId('band')
  const failed = outbox.items.some((one) => one.state === 'failed')
  band.hidden = !(outbox.signedOut || failed || outbox.others)
  band.replaceChildren(...(outbox.signedOut ? [say('signed_out', { name: config.user }), ' ', make('a', { href: config.login }, say('sign_in'))]
    : failed ? [say('some_failed')] : [say('others', { n: outbox.others })]))
}

function show() {
  const failed = outbox.items.filter((one) => one.state === 'failed')
  const waiting = outbox.items.filter((one) => one.state === 'waiting')
  const sent = outbox.items.filter((one) => one.state === 'sent' && Date.now() - one.sentAt < DAY_MS).reverse()
  const refused = Object.entries(track.refused)
  panel.replaceChildren(
    make('header', { class: 'head' }, make('button', { type: 'button', class: 'icon-button', 'aria-label': say('back'), onclick: close }, icon('back')), make('h2', { id: 'queue-title', tabindex: -1 }, say('queue.title', { n: waits() }))),
    make('div', { class: 'body' },
      make('p', { class: 'quiet' }, say(waits() || track.waiting ? 'queue.safe' : 'queue.none')),
      clockSaid() ? make('p', { class: 'amber' }, clockSaid()) : null,
      ...part('queue.failed', failed.map((one) => row(one, 'warn', make('span', { class: 'red' }, one.why), deeds(one)))),
      ...part('queue.waiting', [
        ...waiting.map((one) => row(one, 'clock', say(outbox.signedOut ? 'waits.sign_in' : !isOffline() ? 'waits.turn' : 'waits.net'), make('span', { class: 'quiet' }, size(one)))),
        ...(track.waiting ? [make('li', {}, icon('clock'), make('span', {}, make('b', {}, say('track.waits', { n: track.waiting })), make('span', { class: 'quiet' }, say('track.how'))), make('span'))] : []),
      ]),
      ...part('queue.sent', sent.map((one) => row(one, 'done', one.told?.incident ?? one.told?.number ?? '', make('span', { class: 'quiet' }, clock(instant(one.sentAt).getTime()))))),
      refused.length ? make('p', { class: 'quiet' }, say('track.refused'), ' ', refused.map(([reason, n]) => `${say(`fix.${reason}`)} ${n}`).join(', ')) : null,
      (waiting.length || track.waiting) && navigator.onLine ? make('button', { type: 'button', class: 'second', onclick: drain }, say('send_now')) : null))
}

/** @param {string} name @param {HTMLElement[]} rows */
const part = (name, rows) => (rows.length ? [make('h3', {}, say(name)), make('ul', { class: 'qlist' }, ...rows)] : [])

/** @param {import('./outbox.js').Item} item @param {string} mark @param {Node | string} about @param {HTMLElement} end */
function row(item, mark, about, end) {
  return make('li', { class: item.state }, icon(mark), make('span', {}, make('b', {}, item.title), make('span', { class: 'quiet' }, about, ' ', make('time', {}, clock(instant(item.made_at).getTime())))), end)
}

/** @param {import('./outbox.js').Item} item */
function size(item) {
  const bytes = item.photos.reduce((sum, photo) => sum + photo.blob.size, 0)
  const number = new Intl.NumberFormat(config.language, { maximumFractionDigits: 1 })
  if (!bytes) return ''
  return bytes < 1e6 ? `${number.format(Math.ceil(bytes / 1000))} kB` : `${number.format(bytes / 1e6)} MB`
}

/** @param {import('./outbox.js').Item} item */
function deeds(item) {
  const button = (word, does) => make('button', { type: 'button', class: 'act', onclick: does }, say(word))
  return make('span', { class: 'deeds' },
    item.kind === 'report' ? button('edit', () => mend(item)) : button('again', () => again(item)),
    button(sure === item.key ? 'discard.sure' : 'discard', async () => {
      if (sure !== item.key) {
        sure = item.key
        show()
        return
      }
      await discard(item)
    }))
}
