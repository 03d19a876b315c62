/** Following what happens: the live stream, and what the header says of it. */

import { byId } from 'gis/page.js'

const POLL_S = 30

/**
 * @param {any} config
 * @param {{say: (key: string, values?: object) => string, number: (value: number) => string}} speak
 * @param {{arrived: (told: any) => void, refresh: () => void, at: () => Date | null,
 *   figuresAt: () => Date | null, clock: any, trouble: (what: string, then?: string) => void}} wall
 */
export function follow(config, { say }, wall) {
  const sign = byId('live')
  const show = (state, text) => {
    sign.dataset.state = state
    sign.lastElementChild.textContent = text
  }
  setInterval(() => {
    if (wall.at()) show('replay', say('replay'))
    else show('polling', say('polling', { n: POLL_S }))
  }, 1000)
  setInterval(() => { if (!wall.at()) wall.refresh() }, POLL_S * 1000)
}
