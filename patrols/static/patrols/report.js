/** A report: the picture first, then a tile, then send. What is begun is kept until it is sent or left. */

import { byId, make } from 'gis/page.js'
import { shrink } from 'gis/picture.js'
import { icon, iconOf } from 'report/icon.js'
import { ground, wasUsed } from './mine.js'
import { add, again } from './outbox.js'
import { close, open } from './panels.js'
import { fresh } from './position.js'
import { stamp } from './clock.js'
import { config, isOffline, on, say } from './state.js'
import { keep, kept } from './store.js'
import { whereAmI } from './where.js'

const TILES = 8
const MOST_PHOTOS = 9
const panel = byId('report')
const blank = () => ({ photos: /** @type {{blob: Blob, thumb: string}[]} */ ([]), category: '', words: '', address: '', stamp: /** @type {import('./clock.js').Stamp | null} */ (null), mending: /** @type {any} */ (null) })
let draft = blank()
/** @type {HTMLElement} */
let place = make('p')

export async function beginReport() {
  draft = { ...blank(), ...(await kept(`draft:${config.user}`)) }
  byId('camera').addEventListener('change', taken)
  byId('no-photo').addEventListener('click', () => open('report'))
  on('panel', ({ name }) => (name === 'report' ? show() : panel.replaceChildren()))
  on('here', showPlace)
  // The first time, the tiles come a moment later than the page.
  on('mine', () => { if (!panel.hidden && !panel.querySelector('.tile')) show() })
}

const save = () => keep(`draft:${config.user}`, draft)

let timer = 0
// Pictures are written with the words: not at every letter.
function saveSoon() {
  clearTimeout(timer)
  timer = setTimeout(save, 400)
}

/** @param {Event} event */
async function taken(event) {
  const input = /** @type {HTMLInputElement} */ (event.target)
  for (const file of [...(input.files ?? [])].slice(0, MOST_PHOTOS - draft.photos.length)) {
    const made = await shrink(file).catch(() => null)
    if (made) draft.photos.push(made)
    else byId('spoken').textContent = say('photo.unreadable')
  }
  input.value = ''
  draft.stamp ??= stamp()
  await save()
  if (location.hash === '#report') show()
  else open('report')
}

/** Write what was refused anew. @param {import('./outbox.js').Item} item */
export async function mend(item) {
  draft = { ...blank(), photos: item.photos.map(({ blob }) => ({ blob, thumb: item.thumb })), category: item.body.category ?? '', words: item.body.description, address: item.body.location?.address ?? '', stamp: item.stamp, mending: item }
  await save()
  open('report')
}

/** The tiles: what this person reports most lately, then one of each mark. */
function usual() {
  const known = ground.categories
  const first = ground.usual.map((code) => known.find((one) => one.code === code)).filter(Boolean)
  const seen = new Set(first.map((one) => iconOf(/** @type {any} */ (one))))
  const varied = known.filter((one) => !first.includes(one) && !seen.has(iconOf(one)) && seen.add(iconOf(one)))
  const rest = known.filter((one) => !first.includes(one) && !varied.includes(one))
  return [...first, ...varied, ...rest].slice(0, TILES)
}

function show() {
  const tiles = usual()
  const others = ground.categories.filter((one) => !tiles.includes(one))
  const words = /** @type {HTMLTextAreaElement} */ (make('textarea', { id: 'words', rows: 2, maxlength: 4000, oninput: () => { draft.words = words.value; saveSoon() } }))
  words.value = draft.words
  const more = /** @type {HTMLSelectElement} */ (make('select', { id: 'more', onchange: () => choose(more.value) }, make('option', { value: '' }, say('report.more')), ...others.map((one) => make('option', { value: one.code }, one.name))))
  more.value = others.some((one) => one.code === draft.category) ? draft.category : ''
  place = make('div', { class: 'place-said' })
  panel.replaceChildren(
    make('header', { class: 'head' }, make('button', { type: 'button', class: 'icon-button', 'aria-label': say('back'), onclick: close }, icon('back')), make('h2', { id: 'report-title', tabindex: -1 }, say(draft.mending ? 'report.mend' : 'report.title'))),
    make('div', { class: 'body' },
      make('div', { class: 'sum' }, ...draft.photos.map(({ thumb }, k) => make('img', { src: thumb, alt: say('photo.named', { n: k + 1 }) })),
        make('label', { class: 'second shot' }, make('input', { type: 'file', accept: 'image/*', capture: 'environment', 'aria-label': say('photo.more'), onchange: taken }), icon('camera')), place),
      make('div', { class: 'tiles', role: 'group', 'aria-label': say('report.what') }, ...tiles.map(tile)),
      others.length ? make('label', { class: 'field' }, say('report.more_label'), more) : null,
      make('label', { class: 'field' }, say('report.words'), words),
      make('p', { class: 'wrong', id: 'report-wrong', role: 'alert', hidden: true }),
      make('button', { type: 'button', class: 'text-button', onclick: leave }, say('report.leave'))),
    make('div', { class: 'foot' }, make('button', { type: 'button', class: 'primary wide', id: 'send', onclick: send }, say('report.send'))))
  showPlace()
}

/** @param {{code: string, name: string, kind: string}} one */
const tile = (one) => make('button', { type: 'button', class: 'tile', 'aria-pressed': String(one.code === draft.category), 'data-code': one.code, onclick: () => choose(one.code) }, icon(iconOf(one)), make('span', {}, one.name), icon(one.kind, `mark ${one.kind}`))

/** @param {string} code */
function choose(code) {
  draft.category = code
  save()
  for (const one of panel.querySelectorAll('.tile')) one.setAttribute('aria-pressed', String(/** @type {HTMLElement} */ (one).dataset.code === code))
  const more = /** @type {HTMLSelectElement | null} */ (panel.querySelector('#more'))
  if (more && more.value !== code) more.value = ''
  wrong('')
}

function showPlace() {
  if (panel.hidden || !place.isConnected) return
  const { words, grid, said } = whereAmI()
  const known = fresh() || draft.mending?.body.location?.lon != null
  if (known && place.querySelector('input')) place.replaceChildren()
  if (known) {
    place.replaceChildren(make('b', {}, grid || say('place.here')), make('span', { class: said === 'outside' ? 'amber' : 'quiet' }, words))
  } else if (!place.querySelector('input')) {
    const input = /** @type {HTMLInputElement} */ (make('input', { id: 'address', maxlength: 200, oninput: () => { draft.address = input.value; saveSoon() } }))
    input.value = draft.address
    place.replaceChildren(make('span', { class: 'amber' }, words), make('label', { class: 'field' }, say('report.address'), input))
  }
}

/** @param {string} words */
function wrong(words) {
  const line = byId('report-wrong')
  line.hidden = !words
  line.textContent = words
}

/** Where it is: the position of now; of what was refused, the one it had. */
function placeOf() {
  if (draft.mending?.body.location?.lon != null) return draft.mending.body.location
  const fix = fresh()
  if (fix) return { lon: fix.lon, lat: fix.lat, datum: 'wgs84', accuracy_m: Math.min(10_000, fix.accuracy) }
  return draft.address.trim() ? { address: draft.address.trim() } : null
}

let busy = false

async function send() {
  if (busy) return
  const category = ground.categories.find((one) => one.code === draft.category)
  const where = placeOf()
  if (!category) return wrong(say('report.no_kind'))
  if (!where) return wrong(say('report.no_place'))
  const { photos, words, mending } = draft
  const body = { channel: config.channel, place: config.place, kind: category.kind, category: category.code, description: words.trim() || category.name, location: where }
  const values = { title: category.name, body, stamp: draft.stamp ?? stamp(), when: 'occurred_at', thumb: photos[0]?.thumb ?? '', photos: photos.map(({ blob }) => ({ blob, field: 'photos', id: null, sentAt: 0 })) }
  busy = true
  try {
    if (mending) await again(mending, values)
    else await add({ kind: 'report', url: config.urls.reports, ...values })
  } catch {
    return wrong(say('no_store'))
  } finally {
    busy = false
  }
  clearTimeout(timer)
  draft = blank()
  await keep(`draft:${config.user}`, undefined)
  await wasUsed(category.code)
  close()
  byId('spoken').textContent = say(!isOffline() ? 'queued' : 'queued.offline')
}

async function leave() {
  draft = blank()
  await keep(`draft:${config.user}`, undefined)
  close()
}
