/** A field of a form for pictures: the camera, made small on the phone, shown and taken away again. */

import { byId, make } from 'gis/page.js'
import { shrink } from 'gis/picture.js'
import { icon } from 'report/icon.js'
import { say } from './state.js'

/**
 * @param {{name: string, label: string, most?: number}} by the name of the field in the body
 * @returns {{element: HTMLElement, photos: import('./outbox.js').Picture[], thumb: () => string}}
 */
export function photosField({ name, label, most = 9 }) {
  /** @type {import('./outbox.js').Picture[]} */
  const photos = []
  const shown = make('ul', { class: 'thumbs', 'aria-label': label })
  const input = /** @type {HTMLInputElement} */ (make('input', { type: 'file', accept: 'image/*', capture: 'environment', name, onchange: take }))
  const button = make('label', { class: 'second' }, input, icon('camera'), make('span', {}, label))

  async function take() {
    for (const file of [...(input.files ?? [])].slice(0, most - photos.length)) {
      const made = await shrink(file).catch(() => null)
      if (made) add({ blob: made.blob, field: name, id: null, sentAt: 0 }, made.thumb)
      else byId('spoken').textContent = say('photo.unreadable')
    }
    input.value = ''
  }

  /** @param {import('./outbox.js').Picture} photo @param {string} thumb */
  function add(photo, thumb) {
    photos.push(photo)
    const one = make('li', {}, make('img', { src: thumb, alt: say('photo.named', { n: photos.length }) }),
      make('button', { type: 'button', class: 'off', 'aria-label': say('photo.off', { n: photos.length }), onclick: () => {
        photos.splice(photos.indexOf(photo), 1)
        one.remove()
        button.hidden = false
        input.focus()
      } }, icon('close')))
    shown.append(one)
    button.hidden = photos.length >= most
  }

  return { photos, element: make('div', { class: 'shots' }, shown, button), thumb: () => shown.querySelector('img')?.src ?? '' }
}
