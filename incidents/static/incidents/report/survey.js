/** The survey after closing: five answers, a word if one likes; an unhappy one reopens the case. */

import { make } from 'gis/page.js'
import { Refused, call, inWords } from 'gis/api.js'
import { icon } from './icon.js'
import { uuid } from './uuid.js'

const SCORES = [5, 4, 3, 2, 1]
const UNHAPPY = 2

/**
 * @param {HTMLElement} box
 * @param {{say: (key: string, values?: object) => string, url: string, digits: string,
 *   survey: {is_open: boolean, score: number | null}, again: () => void}} by
 */
export function showSurvey(box, by) {
  const { say, survey } = by
  if (survey.is_open) form(box, by)
  else if (survey.score) box.replaceChildren(make('p', { class: 'judged' }, icon('done'), say('survey.given', { score: say(`score.${survey.score}`) })))
  else box.remove()
}

/** @param {HTMLElement} box @param {Parameters<typeof showSurvey>[1]} by */
function form(box, by) {
  const { say } = by
  const wrong = make('p', { class: 'wrong', id: 'survey-wrong', role: 'alert', hidden: true })
  const hint = make('p', { class: 'amber', id: 'survey-hint', role: 'status', hidden: true }, say('survey.reopens'))
  const words = /** @type {HTMLTextAreaElement} */ (make('textarea', { id: 'survey-words', rows: 3, maxlength: 500 }))
  const go = /** @type {HTMLButtonElement} */ (make('button', { class: 'primary wide' }, say('survey.send')))
  const choices = SCORES.map((score) => make('label', { class: 'score' },
    make('input', { type: 'radio', name: 'score', value: score, onchange: () => { hint.hidden = score > UNHAPPY; wrong.hidden = true } }),
    make('span', {}, say(`score.${score}`))))
  const entry = make('form', { novalidate: true },
    make('fieldset', { 'aria-describedby': 'survey-wrong' }, make('legend', {}, say('survey.title')), ...choices),
    hint, make('label', { class: 'field' }, make('span', {}, say('survey.words')), words), wrong, go)
  /** The same words under the same key, so that a lost answer does no harm. @type {{body: string, key: string} | null} */
  let sent = null
  entry.addEventListener('submit', async (event) => {
    event.preventDefault()
    const chosen = /** @type {HTMLInputElement | null} */ (entry.querySelector('input:checked'))
    if (!chosen) {
      tell(wrong, say('survey.choose'))
      entry.querySelector('input')?.focus()
      return
    }
    const note = words.value.trim()
    const body = { digits: by.digits, score: Number(chosen.value), ...(note ? { note } : {}) }
    const text = JSON.stringify(body)
    if (sent?.body !== text) sent = { body: text, key: uuid() }
    go.disabled = true
    try {
      const told = await call(by.url, { body, key: sent.key })
      thank(box, by, told)
    } catch (error) {
      go.disabled = false
      tell(wrong, error instanceof Refused ? (error.status === 429 ? say('wait', { n: Math.max(1, Math.round(error.waitS / 60)) }) : error.reasons.map(inWords).join(' ')) : say('survey.failed'))
    }
  })
  box.replaceChildren(entry)
}

/** @param {HTMLElement} box @param {Parameters<typeof showSurvey>[1]} by @param {{event: string}} told */
function thank(box, { say, again }, told) {
  const reopened = told.event === 'reopened'
  const title = make('h3', { tabindex: -1 }, icon('done'), say(reopened ? 'survey.reopened' : 'survey.thanks'))
  box.replaceChildren(title, make('p', {}, say(reopened ? 'survey.reopened.text' : 'survey.thanks.text')),
    make('button', { type: 'button', class: 'second', onclick: again }, say('survey.see')))
  title.focus()
}

/** @param {HTMLElement} where @param {string} text */
function tell(where, text) {
  where.hidden = !text
  where.textContent = text
}
