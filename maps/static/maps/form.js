/** Asking by coordinates: checked here for a quick word, and by the API for the truth. */

import { byId } from 'gis/page.js'

const MOST_ACCURACY_M = 10_000
const form = /** @type {HTMLFormElement} */ (byId('ask'))
const wrong = byId('ask-wrong')

/** @param {string} name @returns {HTMLInputElement} */
const input = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name))

/**
 * @param {(key: string, values?: object) => string} say
 * @param {(question: {lon: string, lat: string, datum: string, accuracy: string}) => void} ask
 */
export function onAsk(say, ask) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const bad = check()
    wrong.hidden = !bad
    wrong.textContent = bad ? say(`${bad}.bad`, { n: MOST_ACCURACY_M }) : ''
    for (const name of ['lon', 'lat', 'accuracy_m']) {
      input(name).setAttribute('aria-invalid', String(bad != null && name.startsWith(bad)))
    }
    if (bad) input(bad === 'accuracy' ? 'accuracy_m' : bad).focus()
    else ask({ lon: value('lon'), lat: value('lat'), datum: value('datum'), accuracy: value('accuracy_m') })
  })
}

/** Show what was asked elsewhere. @param {{lon: string, lat: string, datum: string, accuracy: string}} question */
export function fillForm({ lon, lat, datum, accuracy }) {
  input('lon').value = lon
  input('lat').value = lat
  input('datum').value = datum
  input('accuracy_m').value = accuracy
  wrong.hidden = true
}

/** The metres of accuracy that stand in the form, for a click on the map too. */
export const accuracy = () => value('accuracy_m')

/** @param {string} name full-width digits and signs of an input method are read as plain ones */
const value = (name) => input(name).value.trim().normalize('NFKC')

/** @returns {'lon' | 'lat' | 'accuracy' | null} the first field that cannot be right */
function check() {
  if (!within(value('lon'), -180, 180)) return 'lon'
  if (!within(value('lat'), -90, 90)) return 'lat'
  if (value('accuracy_m') && !within(value('accuracy_m'), 0, MOST_ACCURACY_M)) return 'accuracy'
  return null
}

/** @param {string} text @param {number} least @param {number} most */
const within = (text, least, most) => text !== '' && Number(text) >= least && Number(text) <= most
