/** The telephone: taken down by keys alone while somebody talks. Nothing is kept in the browser. */

import { byId, island, make, speaker } from 'gis/page.js'
import { Refused, call, inWords } from 'gis/api.js'
import { uuid } from 'report/uuid.js'
import { beginCategory } from './category.js'
import { beginSimilar } from './similar.js'

const TYPING_MS = 400
const NEAR_ZOOM = 17
const config = island('config')
const { say } = speaker(island('messages'), config.language)
const form = /** @type {HTMLFormElement} */ (byId('entry'))
const input = (/** @type {string} */ id) => /** @type {HTMLInputElement} */ (byId(id))
const FIELDS = [[/^reporter\.phone$/, 'phone'], [/^reporter/, 'name'], [/^description$/, 'content'], [/^kind$|^category$/, 'category'], [/^location|^place$/, 'address']]
const ORDER = ['phone', 'name', 'content', 'category', 'address', 'go']

/** @type {import('./category.js').Choice[]} */
let categories = []
/** @type {import('./category.js').Choice | null} */
let category = null
/** @type {{lon: number, lat: number, accuracy: number | null} | null} */
let spot = null
/** @type {string | null} */
let same = null
/** @type {Awaited<ReturnType<typeof import('report/pinmap.js')['makePinMap']>> | null} */
let chart = null
let isPinned = false
/** What is on its way, under its key until it is answered. @type {{text: string, key: string, mergeKey: string} | null} */
let sending = null
let typing = 0

const similar = beginSimilar({ url: config.urls.nearby, place: config.place, say, chosen: (number) => { same = number; showGo() } })
const picker = beginCategory({
  choices: () => [...categories, ...config.kinds.map((/** @type {string} */ kind) => ({ code: null, kind, name: `${say(`kind.${kind}`)} · ${say('kind.other')}` }))],
  say,
  chosen: (choice) => { category = choice; similar.ask(spot, category) },
  next: () => input('address').focus(),
})

/** @param {string} id @param {string} text */
function wrong(id, text) {
  const where = byId(`${id}-wrong`)
  where.hidden = !text
  where.textContent = text
  document.getElementById(id)?.setAttribute('aria-invalid', String(Boolean(text)))
}

function showGo() {
  byId('go').textContent = same ? say('go.joined', { number: same }) : say('go')
}

async function findAddress() {
  const address = input('address').value.trim()
  const said = byId('address-said')
  if (!address) {
    said.textContent = ''
    return
  }
  try {
    const told = await call(config.urls.addresses, { query: { address, place: config.place } })
    if (address !== input('address').value.trim()) return
    said.textContent = told.matched ? say(told.is_sure ? 'address.sure' : 'address.unsure', { name: told.matched.name, n: Math.round(told.certainty * 100) }) : say('address.unknown')
    if (!told.position) return
    spot = { lon: told.position.lon, lat: told.position.lat, accuracy: told.position.accuracy_m || null }
    isPinned = false
    chart?.go(spot.lon, spot.lat, NEAR_ZOOM)
    similar.ask(spot, category)
  } catch {
    said.textContent = say('address.failed')
  }
}

/** The map was moved by hand: the pin counts from now on. */
function moved() {
  if (!chart || chart.map.getZoom() < 15) return
  const at = chart.centre()
  const still = spot && Math.max(Math.abs(at.lon - spot.lon), Math.abs(at.lat - spot.lat)) < 0.000_003
  if (still) return
  spot = { lon: at.lon, lat: at.lat, accuracy: null }
  isPinned = true
  byId('address-said').textContent = say('place.pinned')
  similar.ask(spot, category)
}

async function drawMap() {
  try {
    const { makePinMap } = await import('report/pinmap.js')
    chart = makePinMap(byId('map'), { bounds: config.bounds, view: null, place: config.place, tiles: config.urls.tiles, edition: config.edition, say, moved })
    if (spot) chart.go(spot.lon, spot.lat, NEAR_ZOOM)
  } catch {
    byId('ground').hidden = true
  }
}

/** @returns {string} where something is missing, if anything is */
function missing() {
  for (const id of ['phone', 'name', 'content', 'category', 'address', 'entry']) wrong(id, '')
  const lacks = [
    ['content', input('content').value.trim()], ['category', category], ['address', isPinned || input('address').value.trim()],
  ].filter(([, value]) => !value).map(([id]) => /** @type {string} */ (id))
  const words = { content: 'content.missing', category: 'category.missing', address: 'place.missing' }
  for (const id of lacks) wrong(id, say(words[id]))
  return lacks[0] ?? ''
}

function bodyOf() {
  const reporter = Object.fromEntries(['name', 'phone'].map((id) => [id, input(id).value.trim()]).filter(([, text]) => text))
  const address = input('address').value.trim()
  const position = spot ? { lon: spot.lon, lat: spot.lat, datum: 'wgs84', ...(spot.accuracy ? { accuracy_m: Math.min(spot.accuracy, 10_000) } : {}) } : {}
  return {
    channel: config.channel, place: config.place, kind: category?.kind, ...(category?.code ? { category: category.code } : {}),
    description: input('content').value.trim(), location: { ...position, ...(address ? { address } : {}) },
    ...(Object.keys(reporter).length ? { reporter } : {}),
  }
}

async function submit() {
  if (input('go').disabled) return
  const first = missing()
  if (first) {
    input(first).focus()
    return
  }
  const body = bodyOf()
  const text = JSON.stringify(body)
  if (sending?.text !== text) sending = { text, key: uuid(), mergeKey: uuid() }
  input('go').disabled = true
  byId('outcome').textContent = say('sending')
  try {
    const told = await call(config.urls.reports, { body, key: sending.key })
    tell(told, same, same ? await join(told.incident, same, sending.mergeKey) : '')
    clear()
  } catch (error) {
    byId('outcome').textContent = ''
    if (error instanceof Refused) showRefusal(error)
    else wrong('entry', say('failed'))
  }
  input('go').disabled = false
}

/** @param {string} number @param {string} into @param {string} key @returns {Promise<string>} why it was not joined, if it was not */
async function join(number, into, key) {
  try {
    await call(config.urls.action.replace('NUMBER', number), { body: { into }, key })
    return ''
  } catch (error) {
    if (error instanceof Refused) return error.reasons.map(inWords).join(' ')
    throw error
  }
}

/** @param {any} told @param {string | null} into @param {string} why */
function tell(told, into, why) {
  const words = into ? (why ? 'sent.unmerged' : 'sent.merged') : 'sent'
  byId('outcome').replaceChildren(say(words, { report: told.number, incident: told.incident, into, why }), ' ',
    make('a', { href: `${config.urls.cases}${into && !why ? into : told.incident}` }, into && !why ? into : told.incident))
}

/** @param {Refused} error */
function showRefusal(error) {
  let first = ''
  for (const reason of error.reasons) {
    const id = /** @type {string} */ (FIELDS.find(([pattern]) => /** @type {RegExp} */ (pattern).test(reason.field ?? ''))?.[1] ?? 'entry')
    wrong(id, inWords(reason))
    first ||= id
  }
  document.getElementById(first)?.focus()
}

/** Ready for the next call. */
function clear() {
  form.reset()
  picker.clear()
  category = spot = same = sending = null
  isPinned = false
  byId('address-said').textContent = ''
  showGo()
  similar.ask(null, null)
  input('phone').focus()
}

form.addEventListener('submit', (event) => {
  event.preventDefault()
  submit()
})
form.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault()
    submit()
    return
  }
  const at = ORDER.indexOf(/** @type {HTMLElement} */ (event.target).id)
  // In the words, Enter is a line; on the button it is the button.
  if (event.defaultPrevented || at < 0 || ORDER[at] === 'content' || ORDER[at] === 'go') return
  event.preventDefault()
  byId(ORDER[at + 1]).focus()
})
input('address').addEventListener('input', () => {
  clearTimeout(typing)
  if (!isPinned) spot = null
  typing = window.setTimeout(findAddress, TYPING_MS)
})
call(config.urls.categories).then((rows) => { categories = rows }).catch(() => {})
drawMap()
input('phone').focus()
