/** Pictures: taken or chosen, made small on the phone, sent while one goes on, taken away again. */

import { byId, make } from 'gis/page.js'
import { shrink } from 'gis/picture.js'
import { Refused, inWords, upload } from 'gis/api.js'
import { icon } from './icon.js'
import { forgetPhoto, keepPhoto, photo as kept } from './keep.js'
import { change, config, draft, onChange, say, uuid } from './state.js'

// The service keeps a picture that no report takes up for 24 hours.
const STALE_MS = 20 * 3600 * 1000

/** @typedef {import('./state.js').Photo} Photo */

const list = byId('photos')
const wrong = byId('photo-wrong')
const next = byId('photo-next')

export function beginPhotos() {
  for (const id of ['camera', 'album']) {
    const input = /** @type {HTMLInputElement} */ (byId(id))
    input.addEventListener('change', () => {
      add([...(input.files ?? [])])
      input.value = ''
    })
  }
  addEventListener('online', () => sendAll().catch(() => {}))
  onChange(show)
  show()
  if (navigator.onLine) sendAll().catch(() => {})
}

/** @param {File[]} files */
async function add(files) {
  const room = config.mostPhotos - draft.photos.length
  tell(files.length > room ? say('photo.too_many', { n: config.mostPhotos }) : '')
  for (const file of files.slice(0, room)) {
    /** @type {Photo} */
    const photo = { id: uuid(), thumb: '', server: null, sentAt: 0, share: 0, state: 'shrinking', wrong: '' }
    change({ photos: [...draft.photos, photo] })
    try {
      const { blob, thumb } = await shrink(file)
      await keepPhoto(photo.id, blob)
      Object.assign(photo, { thumb, state: 'waiting' })
    } catch {
      change({ photos: draft.photos.filter((one) => one !== photo) })
      tell(say('photo.unreadable'))
      continue
    }
    change()
    sendAll().catch(() => {})
  }
}

/** @type {Promise<void> | null} */
let running = null
/** @type {((n: number, of: number, share: number) => void) | null} */
let step = null

/**
 * Send what is not there yet, one by one. Whoever asks while it runs waits for the same run.
 * @param {(n: number, of: number, share: number) => void} [onStep]
 */
export function sendAll(onStep) {
  step = onStep ?? step
  running ??= run().finally(() => {
    running = null
    step = null
  })
  return running
}

async function run() {
  for (;;) {
    const photo = draft.photos.find((one) => one.state === 'waiting' || isStale(one))
    if (!photo) {
      if (!draft.photos.some((one) => one.state === 'shrinking')) return
      await new Promise((done) => setTimeout(done, 100))
      continue
    }
    const blob = await kept(photo.id)
    if (!blob) {
      fail(photo, say('photo.unreadable'))
      continue
    }
    Object.assign(photo, { state: 'up', share: 0, server: null })
    change()
    const number = draft.photos.indexOf(photo) + 1
    try {
      const { id } = await upload(config.urls.photos, blob, (share) => {
        photo.share = share
        show()
        step?.(number, draft.photos.length, share)
      })
      Object.assign(photo, { state: 'done', server: id, sentAt: Date.now() })
      change()
    } catch (error) {
      if (error instanceof Refused && error.status !== 429) {
        fail(photo, error.reasons.map(inWords).join(' ') || say('photo.unreadable'))
        continue
      }
      photo.state = 'waiting'
      change()
      throw error
    }
  }
}

/** @param {Photo} photo */
const isStale = (photo) => photo.state === 'done' && Date.now() - photo.sentAt > STALE_MS

/** @param {Photo} photo @param {string} why */
function fail(photo, why) {
  Object.assign(photo, { state: 'wrong', wrong: why, server: null })
  change()
}

/** The service does not have this one any more: it is sent again. @param {number} number */
export function sendAgain(number) {
  const photo = draft.photos[number]
  if (!photo) return
  Object.assign(photo, { state: 'waiting', server: null })
  change()
}

/** @param {Photo} photo @param {number} number */
function remove(photo, number) {
  forgetPhoto(photo.id)
  change({ photos: draft.photos.filter((one) => one !== photo) })
  byId('spoken').replaceChildren(say('photo.removed', { n: number }))
  const rest = list.querySelectorAll('button')
  ;(rest[Math.min(number - 1, rest.length - 1)] ?? byId('camera')).focus()
}

/** @param {string} text */
export function tell(text) {
  wrong.hidden = !text
  wrong.textContent = text
}

/** @param {Photo} photo */
function inState(photo) {
  if (photo.state === 'up') return say('photo.up', { n: Math.round(photo.share * 100) })
  if (photo.state === 'wrong') return photo.wrong
  if (photo.state === 'waiting' && !navigator.onLine) return say('photo.later')
  return say(`photo.${photo.state}`)
}

function show() {
  const items = draft.photos.map((photo, index) => {
    const number = index + 1
    const bar = make('i')
    bar.style.width = `${Math.round((photo.state === 'done' ? 1 : photo.share) * 100)}%`
    return make('li', { class: photo.state },
      photo.thumb ? make('img', { src: photo.thumb, alt: say('photo.named', { n: number }) }) : make('span', { class: 'blank' }),
      make('button', { type: 'button', class: 'remove', 'aria-label': say('photo.remove', { n: number }), onclick: () => remove(photo, number) }, icon('close')),
      make('span', { class: 'line' }, bar),
      make('span', { class: 'said' }, photo.state === 'done' && icon('done'), photo.state === 'wrong' && icon('warn'), inState(photo)))
  })
  const focused = [...list.querySelectorAll('button')].indexOf(/** @type {any} */ (document.activeElement))
  list.replaceChildren(...items)
  if (focused >= 0) list.querySelectorAll('button')[focused]?.focus()
  byId('photo').classList.toggle('some', draft.photos.length > 0)
  next.textContent = say(draft.photos.length ? 'photo.next' : 'photo.skip')
}
