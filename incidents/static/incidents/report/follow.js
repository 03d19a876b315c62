/** What became of a report: asked without digits first, since a report without a phone needs none. */

import { byId, island, make, speaker } from 'gis/page.js'
import { Refused, call, inWords } from 'gis/api.js'
import { icon } from './icon.js'
import { showSurvey } from './survey.js'

const config = island('config')
const { say } = speaker(island('messages'), config.language)
const form = /** @type {HTMLFormElement} */ (byId('ask'))
const digits = /** @type {HTMLInputElement} */ (byId('digits'))
const found = byId('found')
/** Times are those of the place, wherever the reader is. */
let when = new Intl.DateTimeFormat(config.language, { dateStyle: 'medium', timeStyle: 'short' })

/** @param {string} text */
function wrong(text) {
  byId('ask-wrong').hidden = !text
  byId('ask-wrong').textContent = text
  digits.setAttribute('aria-invalid', String(Boolean(text)))
}

/** @param {string} typed */
async function ask(typed) {
  wrong('')
  found.setAttribute('aria-busy', 'true')
  found.replaceChildren(make('p', { class: 'quiet' }, say('looking')))
  try {
    const told = await call(config.urls.follow, { body: typed ? { digits: typed } : {} })
    form.hidden = true
    show(told, typed)
  } catch (error) {
    found.replaceChildren()
    form.hidden = false
    if (error instanceof Refused) {
      // Asked without digits, "no match" only means that they are needed.
      if (typed || error.status !== 404) wrong(error.status === 429 ? say('wait', { n: Math.max(1, Math.round(error.waitS / 60)) }) : error.reasons.map(inWords).join(' '))
      digits.focus()
      digits.select()
    } else {
      found.replaceChildren(make('p', { class: 'wrong' }, say('failed')), make('p', { class: 'quiet' }, say('failed.safe')),
        make('button', { type: 'button', class: 'second', onclick: () => ask(typed) }, say('retry')))
    }
  }
  found.setAttribute('aria-busy', 'false')
}

/** @param {any} told @param {string} typed the digits that opened it, if any did */
function show(told, typed) {
  when = new Intl.DateTimeFormat(config.language, { dateStyle: 'medium', timeStyle: 'short', timeZone: told.time_zone })
  const heading = make('h2', { class: 'state', tabindex: -1 }, say(`state.${told.state}`))
  const survey = make('section', { class: 'survey', id: 'survey', 'aria-live': 'polite' })
  found.replaceChildren(heading, survey, timeline(told.timeline), ...(told.is_open ? content(told) : closed(told)))
  if (told.survey) showSurvey(survey, { say, url: config.urls.survey, digits: typed, survey: told.survey, again: () => ask(typed) })
  else survey.remove()
  heading.focus()
}

/** Without a phone: the steps alone, and no survey. @param {any} told */
const closed = (told) => [make('p', { class: 'quiet' }, say('closed')), ...(told.state === 'closed' ? [make('p', { class: 'quiet' }, say('closed.survey'))] : [])]

/** @param {any[]} steps the oldest first */
const timeline = (steps) => make('ol', { class: 'timeline' }, ...steps.map((step) => make('li', { class: step.event },
  icon('done'), make('div', {}, make('b', {}, named(step)), make('time', { datetime: step.at }, when.format(new Date(step.at))),
    step.words && make('p', { class: 'words' }, step.words), step.photos && pictures(step.photos)))))

/** @param {any} step */
function named(step) {
  if (step.unit) return say('event.dispatched.to', { unit: step.unit })
  if (step.reason) return say('event.suspended.for', { reason: say(`reason.${step.reason}`) })
  return say(`event.${step.event}`)
}

/** @param {any[]} photos */
const pictures = (photos) => make('ul', { class: 'sent-photos' }, ...photos.map((photo, index) => make('li', {}, make('a', { href: photo.url },
  make('img', { src: photo.url, width: photo.width, height: photo.height, loading: 'lazy', alt: say('photo', { n: index + 1 }) })))))

/** @param {any} told */
const where = ({ grid, community }) => (grid?.name.includes(community?.name) ? grid.name : [community?.name, grid?.name].filter(Boolean).join(' · '))

/** @param {any} told @returns {Node[]} */
function content(told) {
  const rows = [
    ['category', told.category?.name ?? say(`kind.${told.kind}`)],
    ['description', told.description !== told.category?.name && told.description],
    ['where', where(told) || say('unplaced')],
    ['address', told.address],
    ['when', when.format(new Date(told.occurred_at))],
    ['case', told.incident],
    ['handled', told.handled_in],
  ].filter(([, value]) => value)
  return [
    make('dl', {}, ...rows.flatMap(([key, value]) => [make('dt', {}, say(key)), make('dd', {}, value)])),
    ...(told.photos.length ? [pictures(told.photos)] : []),
  ]
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  const typed = digits.value.trim().normalize('NFKC')
  if (/^\d{4}$/.test(typed)) {
    ask(typed)
    return
  }
  wrong(say('digits.bad'))
  digits.focus()
})
ask('')
