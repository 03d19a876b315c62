/** Two cases side by side: arrows choose the other one, M merges, N says that they are two matters. */

import { byId, island, speaker } from 'gis/page.js'
import { Refused, call, inWords } from 'gis/api.js'
import { metresBetween, pairMap } from './pairmap.js'

const config = island('config')
const { say, length } = speaker(island('messages'), config.language)
const here = byId('this')
let others = [...document.querySelectorAll('.proposal')].map((one) => /** @type {HTMLElement} */ (one))
let chosen = 0
let busy = false
/** A key for each thing that is done, so that what nobody answered is not done twice. @type {Map<string, string>} */
const keys = new Map()

/** @param {HTMLElement} side */
const spot = (side) => (side.dataset.lon ? { lon: Number(side.dataset.lon), lat: Number(side.dataset.lat) } : null)
const ground = document.getElementById('map')
const map = ground ? pairMap(ground, { ...config, tiles: config.urls.tiles, say, at: spot(here) }) : null

/** @param {string} number @param {string} action */
const actions = (number, action) => `${config.urls.incidents}/${number}/actions/${action}`

/** @param {string} words */
const tell = (words) => { byId('said').textContent = words }

function show() {
  others.forEach((one, number) => { one.hidden = number !== chosen })
  const one = others[chosen]
  const line = document.getElementById('place-in-line')
  if (line) line.textContent = one ? say('position', { n: chosen + 1, all: others.length }) : ''
  for (const id of ['merge', 'not', 'before', 'after']) document.getElementById(id)?.toggleAttribute('disabled', !one)
  document.getElementById('merge')?.toggleAttribute('disabled', !one || !('open' in one.dataset))
  if (!map || !one) return
  const [a, b] = [spot(here), spot(one)]
  map.show(b)
  byId('distance').textContent = a && b ? length(metresBetween(a, b)) : say('distance.unknown')
}

/** @param {number} by */
function step(by) {
  if (!others.length) return
  chosen = (chosen + by + others.length) % others.length
  show()
}

/**
 * @param {string} url @param {object} body @param {boolean} [once] with a key
 * @returns {Promise<any>} the answer, or null when it was refused or nobody answered: that is told
 */
async function send(url, body, once = true) {
  if (busy) return null
  busy = true
  const name = `${url} ${JSON.stringify(body)}`
  const key = keys.get(name) ?? crypto.randomUUID()
  keys.set(name, key)
  try {
    const told = await call(url, { body, ...(once ? { key } : {}) })
    keys.delete(name)
    return told
  } catch (error) {
    if (error instanceof Refused) {
      keys.delete(name)
      tell(error.reasons.map(inWords).join(' ') || say('failed'))
    } else tell(say('failed'))
    return null
  } finally {
    busy = false
  }
}

async function merge() {
  const one = others[chosen]
  if (!one || !('open' in one.dataset)) return
  const { from, into } = /** @type {{from: string, into: string}} */ (/** @type {unknown} */ (one.dataset))
  tell(say('merging'))
  if (await send(actions(from, 'merge'), { into })) {
    location.assign(config.urls.page.replace('NUMBER', encodeURIComponent(into)))
  }
}

async function refuse() {
  const one = others[chosen]
  if (!one) return
  const told = await send(`${config.urls.incidents}/${config.number}/not-duplicates`, { other: one.dataset.number }, false)
  if (!told) return
  one.remove()
  others = others.filter((other) => other !== one)
  chosen = Math.min(chosen, Math.max(0, others.length - 1))
  byId('total').textContent = String(others.length)
  tell(say('refused'))
  show()
}

document.getElementById('before')?.addEventListener('click', () => step(-1))
document.getElementById('after')?.addEventListener('click', () => step(1))
document.getElementById('merge')?.addEventListener('click', merge)
document.getElementById('not')?.addEventListener('click', refuse)
document.addEventListener('keydown', (event) => {
  const at = /** @type {HTMLElement} */ (event.target)
  if (event.ctrlKey || event.metaKey || event.altKey || at.closest('input, textarea, select, #map')) return
  const does = { ArrowLeft: () => step(-1), ArrowRight: () => step(1), m: merge, n: refuse }[event.key]
  if (!does) return
  event.preventDefault()
  does()
})
for (const button of document.querySelectorAll('[data-unmerge]')) {
  button.addEventListener('click', async () => {
    const number = /** @type {HTMLElement} */ (button).dataset.unmerge ?? ''
    if (await send(actions(number, 'unmerge'), {})) location.reload()
  })
}
show()
