/** Pictures of a form: made small, sent at once, taken away again. */

import { Refused, inWords, upload } from 'gis/api.js'
import { make } from 'gis/page.js'
import { shrink } from 'gis/picture.js'
import { config, say } from './state.js'

/** @param {any} need @param {string[]} sent ids of what was sent before @param {string} id @param {() => void} changed */
export function photosField(need, sent, id, changed) {
  /** @type {{id: string | null, thumb: string, share: number, wrong: string}[]} */
  const photos = sent.map((one) => ({ id: one, thumb: `${config.urls.photos}/${one}`, share: 1, wrong: '' }))
  const list = make('ul', { class: 'thumbs' })
  const input = /** @type {HTMLInputElement} */ (make('input', { type: 'file', accept: 'image/*', multiple: true, class: 'unseen', id, onchange: () => add([...(input.files ?? [])]) }))
  const show = () => list.replaceChildren(...photos.map((photo, k) => make('li', { class: photo.wrong ? 'bad' : false },
    photo.thumb ? make('img', { src: photo.thumb, alt: say('photo.n', { n: k + 1 }) }) : make('span', { class: 'blank' }),
    photo.wrong ? make('small', { class: 'wrong' }, photo.wrong) : photo.id ? null : make('small', {}, `${Math.round(photo.share * 100)}%`),
    make('button', { type: 'button', class: 'remove', 'aria-label': say('photo.remove', { n: k + 1 }), onclick: () => {
      photos.splice(k, 1)
      show()
      changed()
    } }, '×'))))

  /** @param {File[]} files */
  async function add(files) {
    input.value = ''
    for (const file of files.slice(0, config.mostPhotos - photos.length)) {
      const photo = { id: /** @type {string | null} */ (null), thumb: '', share: 0, wrong: '' }
      photos.push(photo)
      show()
      try {
        const { blob, thumb } = await shrink(file)
        photo.thumb = thumb
        show()
        const told = await upload(config.urls.photos, blob, (share) => {
          photo.share = share
          show()
        })
        photo.id = told.id
        changed()
      } catch (error) {
        photo.wrong = error instanceof Refused ? error.reasons.map(inWords).join(' ') : say('photo.failed')
      }
      show()
    }
  }
  show()
  return {
    group: true,
    control: input,
    element: make('div', {}, list, make('label', { class: 'button add', for: id }, say('photo.add')), input),
    get: () => photos.map((one) => one.id).filter(Boolean),
    set: () => {},
  }
}
