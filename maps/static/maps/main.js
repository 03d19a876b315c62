/** The map page: one state, drawn by `render`; every action changes the state and renders. */

import { byId, island, make, speaker } from 'gis/page.js'
import { theme } from 'gis/theme.js'
import { showAnswer, showAsking, showTrouble } from './answer.js'
import { canDraw, makeChart } from './chart.js'
import { accuracy, fillForm, onAsk } from './form.js'
import { readHash, writeHash } from './hash.js'
import { onHeader, showHeader, showTroubleAbove } from './header.js'
import { Trouble, locate } from './locate.js'
import { raise } from './sheet.js'
import { beginStale, legendOfStale, staleShown } from './stale_layer.js'

const CLICK_DIGITS = 6 // a tenth of a metre

const config = island('config')
const speak = speaker(island('words'), config.language)
const { say } = speak
const names = config.editions.map((edition) => edition.name)
const start = readHash()

const state = {
  edition: names.includes(start.edition) ? start.edition : names[0],
  /** @type {string | null} */ old: null,
  /** @type {string | null} */ code: null,
  /** @type {{lon: string, lat: string, datum: string, accuracy: string} | null} */ question: start.asked,
  /** @type {{lon: number, lat: number, accuracy: number} | null} */ asked: null,
}
if (start.compare) state.old = other()

/** @type {ReturnType<typeof makeChart> | null} */
let chart = null

/** The edition to compare with: the newest that is older than the one shown, else any other. */
function other() {
  const began = (name) => config.editions.find((edition) => edition.name === name)?.from ?? '9999'
  const rest = names.filter((name) => name !== state.edition)
  return rest.filter((name) => began(name) < began(state.edition)).sort((a, b) => (began(a) < began(b) ? 1 : -1))[0] ?? rest[0] ?? null
}

const shown = () => ({
  theme: theme(),
  scale: parseFloat(getComputedStyle(document.documentElement).fontSize) / 16,
  place: config.place,
  tiles: config.urls.tiles,
  edition: state.edition,
  old: state.old,
  code: state.code,
  asked: state.asked,
  stale: staleShown(state),
  say,
})

function render() {
  showHeader(state, config.editions, speak)
  legendOfStale(state, say)
  writeHash({
    edition: state.edition === names[0] ? null : state.edition,
    compare: state.old ? '1' : null,
    at: state.question ? `${state.question.lon},${state.question.lat}` : null,
    datum: state.question && state.question.datum !== 'wgs84' ? state.question.datum : null,
    accuracy: state.question?.accuracy || null,
  })
  chart?.show(shown())
}

/** @param {{lon: string, lat: string, datum: string, accuracy: string}} question */
async function ask(question) {
  state.question = question
  fillForm(question)
  showAsking(speak)
  raise('half')
  try {
    const answer = await locate(config.urls.locate, question, { place: config.place, edition: state.edition })
    state.code = answer.grid?.code ?? null
    state.asked = position(question, answer)
    byId('spoken').textContent = showAnswer(speak, answer, config.signedIn)
    if (state.asked) chart?.reveal(state.asked.lon, state.asked.lat)
  } catch (error) {
    state.code = null
    state.asked = null
    showTrouble(speak, error instanceof Trouble ? error.refused : [], () => ask(question))
    byId('spoken').textContent = byId('answer').textContent
  }
  render()
}

/** Where to draw the dot: a converted position is told to those who signed in only. */
function position(question, answer) {
  const radius = Number(question.accuracy) || 0
  if (answer.position) return { lon: answer.position.lon, lat: answer.position.lat, accuracy: radius }
  if (!['wgs84', 'cgcs2000'].includes(question.datum)) return null
  return { lon: Number(question.lon), lat: Number(question.lat), accuracy: radius }
}

/** @param {number} lon @param {number} lat */
const askHere = (lon, lat) =>
  ask({ lon: lon.toFixed(CLICK_DIGITS), lat: lat.toFixed(CLICK_DIGITS), datum: 'wgs84', accuracy: accuracy() })

/** @param {string} name */
function choose(name) {
  state.edition = name
  if (state.old) state.old = other()
  if (state.question) ask(state.question)
  else render()
}

function toggle() {
  state.old = state.old ? null : other()
  render()
}

function tilesFailed() {
  if (navigator.onLine) showTroubleAbove(say('tiles.failed'), say('retry'), () => location.reload())
}

function network() {
  showTroubleAbove(navigator.onLine ? '' : say('offline'))
}

function begin() {
  onAsk(say, ask)
  onHeader(choose, toggle)
  addEventListener('offline', network)
  addEventListener('online', () => { network(); render() })
  beginStale(config, { say, render, failed: () => showTroubleAbove(say('stale.failed')) })
  document.addEventListener('theme', render)
  showHeader(state, config.editions, speak)
  if (canDraw()) {
    chart = makeChart(byId('map'), shown(), {
      bounds: config.bounds, label: say('map.label'), length: speak.length, ask: askHere, trouble: tilesFailed,
    })
    byId('zoom-in').addEventListener('click', () => chart?.map.zoomIn())
    byId('zoom-out').addEventListener('click', () => chart?.map.zoomOut())
    byId('whole').addEventListener('click', () => chart?.whole())
  } else {
    byId('map').setAttribute('aria-busy', 'false')
    byId('map').append(make('div', { class: 'cannot' }, make('h2', { class: 'large' }, say('webgl.title')), make('p', { class: 'quiet' }, say('webgl.text'))))
    for (const id of ['zoom-in', 'zoom-out', 'whole', 'scale']) byId(id).hidden = true
  }
  if (state.question) ask(state.question)
}

begin()
