/** What it is about: three kinds, and large tiles for the categories of each; a search over all. */

import { byId, make } from 'gis/page.js'
import { call } from 'gis/api.js'
import { icon, iconOf } from './icon.js'
import { change, config, draft, onChange, say } from './state.js'

/** @type {string[]} */
const KINDS = config.kinds

/** @type {{code: string, name: string, kind: string}[]} */
let categories = []
let open = draft.kind || KINDS[0]

const kinds = byId('kinds')
const tiles = byId('tiles')
const said = byId('kind-said')
const search = /** @type {HTMLInputElement} */ (byId('kind-search'))

/** @param {() => void} chosen called when somebody has chosen a tile */
export function beginKinds(chosen) {
  const choose = (kind, category) => {
    open = kind
    change({ kind, category: category?.code ?? null, categoryName: category?.name ?? '' })
    chosen()
  }
  kinds.hidden = KINDS.length < 2
  roving(kinds)
  roving(tiles)
  search.addEventListener('input', () => show(choose))
  onChange(() => show(choose))
  show(choose)
  load(choose)
  addEventListener('online', () => categories.length || load(choose))
}

/** @param {(kind: string, category?: any) => void} choose */
async function load(choose) {
  try {
    categories = (await call(config.urls.categories)).filter((one) => KINDS.includes(one.kind))
    const mine = categories.find((one) => one.code === draft.category)
    if (draft.category && !mine) change({ category: null, categoryName: '' })
    // The name in the language of today.
    else if (mine && mine.name !== draft.categoryName) change({ categoryName: mine.name })
    said.textContent = ''
  } catch {
    said.textContent = say('kind.failed')
  }
  tiles.setAttribute('aria-busy', 'false')
  show(choose)
}

/** @param {(kind: string, category?: any) => void} choose */
function show(choose) {
  const text = search.value.trim().toLowerCase()
  const held = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.id
  kinds.replaceChildren(...KINDS.map((kind) => {
    const on = !text && kind === open
    return make('button', { type: 'button', class: `kind ${kind}`, role: 'radio', 'aria-checked': String(on), 'data-id': `kind-${kind}`, tabindex: kind === open ? 0 : -1,
      onclick: () => { open = kind; search.value = ''; show(choose) } },
    icon(kind, 'mark'), make('span', {}, make('b', {}, say(`kind.${kind}`)), make('small', {}, say(`kind.about.${kind}`))))
  }))
  const shown = categories.filter((one) => (text ? one.name.toLowerCase().includes(text) : one.kind === open))
  const items = shown.map((one) => tile(one.name, iconOf(one), one.kind, one.code === draft.category, one.code, () => choose(one.kind, one)))
  const others = text ? (shown.length ? [] : KINDS) : [open]
  for (const kind of others) {
    const name = text ? `${say(`kind.${kind}`)} · ${say('kind.other')}` : say('kind.other')
    items.push(tile(name, 'other', kind, draft.kind === kind && !draft.category, `other-${kind}`, () => choose(kind)))
  }
  if (!items.some((one) => one.tabIndex === 0) && items[0]) items[0].tabIndex = 0
  tiles.replaceChildren(...items)
  if (text) said.textContent = shown.length ? say('kind.found', { n: shown.length }) : say('kind.none_found', { text: search.value.trim() })
  else if (categories.length) said.textContent = ''
  if (held) /** @type {HTMLElement | null} */ (document.querySelector(`[data-id="${CSS.escape(held)}"]`))?.focus()
}

/** @param {string} name @param {string} mark @param {string} kind @param {boolean} on @param {string} id @param {() => void} choose */
function tile(name, mark, kind, on, id, choose) {
  return make('button', { type: 'button', class: 'tile', role: 'radio', 'aria-checked': String(on), 'data-id': id, tabindex: on ? 0 : -1, onclick: choose },
    icon(mark), make('span', {}, name), icon(kind, `mark ${kind}`))
}

/** Arrows move inside a group of radio buttons, as everywhere. @param {HTMLElement} group */
function roving(group) {
  group.addEventListener('keydown', (event) => {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!by) return
    event.preventDefault()
    const all = /** @type {HTMLElement[]} */ ([...group.querySelectorAll('[role=radio]')])
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement))
    const to = all[(at + by + all.length) % all.length]
    for (const one of all) one.tabIndex = one === to ? 0 : -1
    to.focus()
  })
}
