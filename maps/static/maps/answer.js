/** The answer of locate, in words. */

import { copy } from 'gis/copy.js'
import { byId, make } from 'gis/page.js'

const box = byId('answer')

/** @param {any} value a name, or `{name, code}` */
const nameOf = (value) => (value == null ? null : typeof value === 'string' ? value : value.name)

/** The words of one session. @typedef {ReturnType<typeof import('gis/page.js').speaker>} Speaker */

/** @param {Speaker} speak */
export function showAsking(speak) {
  box.setAttribute('aria-busy', 'true')
  box.replaceChildren(
    make('h2', { class: 'large skeleton' }, speak.say('asking')),
    ...Array.from({ length: 4 }, () => make('p', { class: 'skeleton' }, '\u00a0')),
  )
}

/**
 * @param {Speaker} speak
 * @param {any} answer
 * @param {boolean} signedIn
 * @returns {string} the same in one sentence, for a screen reader
 */
export function showAnswer(speak, answer, signedIn) {
  const { say } = speak
  const title = answer.grid ? answer.grid.name : say('outside.title')
  box.removeAttribute('aria-busy')
  box.replaceChildren(...[
    make('h2', { class: 'large' }, title),
    answer.grid && code(speak, answer.grid.code),
    answer.provisional && make('p', { class: 'note' }, say('provisional')),
    facts(speak, answer),
    candidates(speak, answer),
    answers(speak, answer, signedIn),
  ].filter(Boolean))
  return say('spoken', { title, method: say(`method.${answer.method}`) })
}

/**
 * @param {Speaker} speak
 * @param {string[]} refused the reasons, when the question was at fault
 * @param {() => void} again
 */
export function showTrouble(speak, refused, again) {
  const { say } = speak
  box.removeAttribute('aria-busy')
  if (refused.length) {
    box.replaceChildren(
      make('h2', {}, say('locate.refused')),
      make('ul', { class: 'reasons' }, ...refused.map((reason) => make('li', {}, reason))),
    )
  } else {
    box.replaceChildren(
      make('h2', {}, say('locate.failed')),
      make('p', { class: 'quiet' }, say('locate.safe')),
      make('button', { class: 'button main again', type: 'button', onclick: again }, say('retry')),
    )
  }
}

/** @param {Speaker} speak @param {string} text */
function code({ say }, text) {
  const button = make('button', { type: 'button', class: 'copy code', title: say('copy'), 'aria-label': `${text}，${say('copy')}` }, text)
  button.addEventListener('click', async () => {
    if (await copy(text)) button.dataset.done = say('copied')
    setTimeout(() => delete button.dataset.done, 2000)
  })
  return button
}

/** @param {Speaker} speak @param {any} answer */
function facts({ say, length }, answer) {
  const rows = [
    ['community', nameOf(answer.community)],
    ['subdistrict', nameOf(answer.subdistrict)],
    ['method', say(`method.${answer.method}`)],
    ['border_distance', answer.border_distance_m == null ? null : length(answer.border_distance_m)],
    ['edition', nameOf(answer.edition)],
    ['position', answer.position && `${answer.position.lon.toFixed(6)}, ${answer.position.lat.toFixed(6)}`],
  ]
  return make('dl', {}, ...rows.filter(([, value]) => value != null && value !== '')
    .flatMap(([key, value]) => [make('dt', {}, say(key)), make('dd', {}, value)]))
}

/** Shares are only worth a line when there are several. @param {Speaker} speak @param {any} answer */
function candidates({ say }, answer) {
  const several = answer.candidates ?? []
  if (several.length < 2) return null
  const bar = (share) => {
    const fill = make('i')
    fill.style.width = `${Math.round(share * 100)}%`
    return make('span', { class: 'share' }, fill)
  }
  return make('section', {}, make('h3', {}, say('candidates')), make('ol', { class: 'candidates' },
    ...several.map(({ grid, share }) => make('li', {},
      make('span', {}, nameOf(grid) ?? say('outside.title')), bar(share), make('b', {}, `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`)))))
}

/** @param {Speaker} speak @param {any} answer @param {boolean} signedIn */
function answers({ say }, answer, signedIn) {
  const who = answer.answers
  if (!signedIn) return make('p', { class: 'quiet apart' }, say('answers.sign_in'))
  if (!who) return null
  const role = say(`role.${who.role}`)
  return make('section', {}, make('h3', {}, say('answers')),
    make('p', { class: 'who' }, make('b', {}, who.name), ' ', make('span', { class: 'quiet' }, role.startsWith('role.') ? who.role : role)),
    who.why && make('p', { class: 'quiet' }, who.why))
}
