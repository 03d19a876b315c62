/** Where it is: under the pin of a map, where the phone says, or an address in words. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { change, config, draft, say, speak } from './state.js'

const WEAK_M = 100
const SETTLE_MS = 250
const FIX_ZOOM = 17
const FIX_PATIENCE_MS = 15_000

/** @type {Awaited<ReturnType<typeof import('./pinmap.js')['makePinMap']>> | null} */
let chart = null
let sharp = 15
/** What the phone or the gazetteer said last, until the map is moved away from it. @type {{lon: number, lat: number, accuracy: number} | null} */
let fix = null
/** What the API said of the spot under the pin. @type {any} */
let located = null
/** What the gazetteer said, and of which words. @type {{address: string, told: any} | null} */
let found = null
/** @type {AbortController | null} */
let asking = null
let settled = 0

const section = byId('place')
const use = byId('place-use')
const address = /** @type {HTMLInputElement} */ (byId('address'))
const select = (id) => /** @type {HTMLSelectElement} */ (byId(id))

/** @returns {boolean} whether this browser can draw the map at all */
const canDraw = () => document.createElement('canvas').getContext('webgl2') != null

/** @param {() => void} chosen called when a place has been chosen */
export function beginPlace(chosen) {
  address.value = draft.address
  use.addEventListener('click', () => take(chosen))
  byId('fix').addEventListener('click', locateMe)
  byId('find').addEventListener('submit', (event) => {
    event.preventDefault()
    findAddress()
  })
  address.addEventListener('change', () => change({ address: address.value.trim() }))
  if (!config.map || !canDraw()) withoutMap()
}

/** The map is drawn when its page is first shown: before that it has no size. */
export async function showPlace() {
  if (chart || section.classList.contains('plain')) return
  section.classList.add('mapped')
  try {
    const { makePinMap, SHARP_ZOOM } = await import('./pinmap.js')
    sharp = SHARP_ZOOM
    const view = draft.view ?? (draft.place?.spot ? { ...draft.place.spot, zoom: FIX_ZOOM } : null)
    chart = makePinMap(byId('map'), { bounds: config.bounds, view, place: config.place, tiles: config.urls.tiles, edition: config.edition, say, moved })
    byId('zoom-in').addEventListener('click', () => chart?.map.zoomIn())
    byId('zoom-out').addEventListener('click', () => chart?.map.zoomOut())
    // The phone may have answered before the map was there.
    if (fix) showFix(fix)
    else moved()
  } catch {
    withoutMap()
  }
}

/** No map: lists and an address do. */
function withoutMap() {
  section.classList.remove('mapped')
  section.classList.add('plain')
  byId('ground').hidden = true
  byId('told').textContent = say('address.empty')
  const regions = config.regions
  byId('lists').hidden = !regions.length
  const fill = (id, names) => select(id).replaceChildren(...['', ...names].map((name) => make('option', { value: name }, name || say('address.all'))))
  fill('subdistrict', regions.map((one) => one.name))
  fill('community', regions.flatMap((one) => one.communities))
  select('subdistrict').addEventListener('change', () => {
    const chosen = regions.filter((one) => !select('subdistrict').value || one.name === select('subdistrict').value)
    fill('community', chosen.flatMap((one) => one.communities))
  })
  showUse()
}

/** The whole address: what was chosen from the lists, then what was written. */
function inWords() {
  const chosen = section.classList.contains('plain') ? [select('subdistrict').value, select('community').value] : []
  return [...chosen, address.value.trim()].filter(Boolean).join('').slice(0, 200)
}

const SAME_SPOT_DEG = 0.000_003

function moved() {
  if (!chart) return
  const at = chart.centre()
  if (fix && Math.max(Math.abs(at.lon - fix.lon), Math.abs(at.lat - fix.lat)) > SAME_SPOT_DEG) {
    fix = null
    chart.circle(null)
    put(byId('fix-said'), '')
  }
  change({ view: at })
  showUse()
  clearTimeout(settled)
  asking?.abort()
  if (!isSharp()) {
    located = null
    chart.mark(null)
    tell(say('place.move'), say('place.closer'))
    return
  }
  settled = window.setTimeout(askGrid, SETTLE_MS)
}

const isSharp = () => chart != null && chart.map.getZoom() >= sharp - 0.01

async function askGrid() {
  const at = chart?.centre() ?? fix
  if (!at) return
  const mine = new AbortController()
  asking = mine
  const { lon, lat } = at
  const query = { lon: String(lon), lat: String(lat), datum: 'wgs84', place: config.place, ...(fix ? { accuracy_m: String(Math.min(fix.accuracy, 10_000)) } : {}) }
  try {
    located = await call(config.urls.locate, { query, signal: mine.signal })
    showLocated()
  } catch {
    if (mine.signal.aborted) return
    located = null
    tell(say('place.pinned'), say('place.unasked'))
  }
}

function showLocated() {
  chart?.mark(located.grid?.code ?? null)
  if (!located.grid) {
    tell(say('place.outside'), say('place.outside.text'))
    return
  }
  const several = located.candidates.length > 1
  tell(located.grid.name, several
    ? say('place.several', { n: located.candidates.length })
    : around(located))
  const shares = byId('shares')
  shares.hidden = !several
  shares.replaceChildren(...(several ? located.candidates.slice(0, 3) : []).map(({ grid, share }) =>
    make('li', {}, make('span', {}, grid.name), make('b', {}, `${Math.round(share * 100)}%`))))
}

/** The regions that the grid's own name does not say. @param {any} told */
const around = ({ grid, subdistrict, community }) =>
  [subdistrict?.name, community?.name].filter((name) => name && !grid?.name.includes(name)).join(' · ')

/** @param {string} title @param {string} [more] */
function tell(title, more = '') {
  byId('told').textContent = title
  byId('told-more').textContent = more
  byId('shares').hidden = true
}

/** @param {HTMLElement} element @param {string} text */
function put(element, text) {
  element.hidden = !text
  element.textContent = text
}

function showUse() {
  use.textContent = say(chart && !isSharp() ? 'place.zoom' : 'place.use')
}

/** Ask the phone where it is. */
function locateMe() {
  const said = byId('fix-said')
  if (!navigator.geolocation || !isSecureContext) {
    put(said, say('fix.insecure'))
    return
  }
  put(said, say('fix.asking'))
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    fix = { lon: Number(coords.longitude.toFixed(6)), lat: Number(coords.latitude.toFixed(6)), accuracy: Math.max(1, Math.round(coords.accuracy)) }
    put(said, say(fix.accuracy > WEAK_M ? 'fix.weak' : 'fix.good', { n: speak.number(fix.accuracy) }))
    said.className = fix.accuracy > WEAK_M ? 'amber' : 'quiet'
    showFix(fix)
  }, (error) => {
    said.className = 'amber'
    put(said, say(error.code === error.PERMISSION_DENIED ? 'fix.denied' : 'fix.failed'))
  }, { enableHighAccuracy: true, timeout: FIX_PATIENCE_MS, maximumAge: 10_000 })
}

/** @param {{lon: number, lat: number, accuracy: number}} at */
function showFix(at) {
  if (!chart) {
    askGrid()
    return
  }
  chart.circle(at)
  chart.go(at.lon, at.lat, FIX_ZOOM)
}

/** Read the address; on a map, go there. */
async function findAddress() {
  const said = byId('address-said')
  const asked = inWords()
  if (!asked) {
    put(said, say('address.empty'))
    address.focus()
    return
  }
  change({ address: address.value.trim() })
  put(said, say('address.asking'))
  try {
    const told = await call(config.urls.addresses, { query: { address: asked, place: config.place } })
    found = { address: asked, told }
    put(said, certainty(told))
    if (section.classList.contains('plain')) fix = null
    if (section.classList.contains('plain')) tell(told.grid && told.is_sure ? told.grid.name : asked, around(told))
    else if (told.position) {
      // What a name stands for has a size: unless the map is moved, the spot is no sharper than that.
      const { lon, lat, accuracy_m: accuracy } = told.position
      fix = accuracy > 0 ? { lon, lat, accuracy } : null
      put(byId('fix-said'), '')
      chart?.circle(fix)
      chart?.go(lon, lat, accuracy > WEAK_M ? sharp : FIX_ZOOM)
    }
  } catch {
    found = null
    put(said, say('address.failed'))
  }
}

/** How surely an address was read, in words. @param {any} told */
function certainty(told) {
  if (!told.matched) return say('address.unknown')
  return say(told.is_sure ? 'address.sure' : 'address.unsure', { name: told.matched.name, n: Math.round(told.certainty * 100) })
}

/** Take what is shown as the place. @param {() => void} chosen */
async function take(chosen) {
  if (chart && !isSharp()) {
    chart.closer()
    return
  }
  const words = inWords()
  if (chart) {
    const { lon, lat } = chart.centre()
    change({
      address: address.value.trim(),
      place: { lon, lat, accuracy: fix?.accuracy ?? null, address: words, grid: located?.grid?.name ?? '', community: located?.community?.name ?? '', spot: { lon, lat } },
    })
  } else if (fix) {
    change({ place: { lon: fix.lon, lat: fix.lat, accuracy: fix.accuracy, address: words, grid: located?.grid?.name ?? '', community: located?.community?.name ?? '', spot: { lon: fix.lon, lat: fix.lat } } })
  } else {
    if (!words) {
      wrongPlace(say('address.empty'))
      address.focus()
      return
    }
    if (found?.address !== words) await findAddress()
    const told = found?.address === words ? found.told : null
    const near = told?.is_sure && told.position && told.position.accuracy_m <= WEAK_M ? told.position : null
    change({ place: { lon: null, lat: null, accuracy: null, address: words, grid: told?.is_sure ? told.grid.name : '', community: told?.is_sure ? told.community?.name ?? '' : '', spot: near ? { lon: near.lon, lat: near.lat } : null } })
  }
  wrongPlace('')
  chosen()
}

/** @param {string} text */
export const wrongPlace = (text) => put(byId('place-wrong'), text)

/** What the place is called in a summary. */
export function placeName() {
  const at = draft.place
  if (!at) return ''
  if (at.grid) return at.address ? say('place.both', { address: at.address, grid: at.grid }) : at.grid
  return at.address ? say('place.words', { address: at.address }) : say('place.pinned')
}
