/** My ground: from this phone at once, from the service when it answers. */

import { Refused, call } from 'gis/api.js'
import { config, tell } from './state.js'
import { keep, kept } from './store.js'

/** @type {{told: any, categories: {code: string, name: string, kind: string}[], usual: string[]}} */
export const ground = { told: null, categories: [], usual: [] }

export async function beginMine() {
  ground.told = (await kept(`mine:${config.user}`)) ?? null
  ground.categories = (await kept(`categories:${config.language}`)) ?? []
  ground.usual = (await kept(`usual:${config.user}`)) ?? []
  if (ground.told) tell('mine')
  addEventListener('online', refresh)
  refresh()
}

async function refresh() {
  try {
    ground.told = await call(config.urls.mine)
    await keep(`mine:${config.user}`, ground.told)
    ground.categories = await call(config.urls.categories)
    await keep(`categories:${config.language}`, ground.categories)
    tell('mine')
  } catch (error) {
    // Whoever holds no grid any more has no ground to keep.
    if (!(error instanceof Refused && error.status === 403)) return
    await keep(`mine:${config.user}`, undefined)
    location.reload()
  }
}

/** What this person reports comes first the next time. @param {string} code */
export async function wasUsed(code) {
  ground.usual = [code, ...ground.usual.filter((one) => one !== code)].slice(0, 20)
  await keep(`usual:${config.user}`, ground.usual)
}
