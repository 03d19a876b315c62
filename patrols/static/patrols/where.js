/** A position in words: which grid, how surely, and a clear word when it is not mine. */

import { fresh, here, metres } from './position.js'
import { shares, whereIs } from './ground.js'
import { ground } from './mine.js'
import { config, say } from './state.js'

const percent = new Intl.NumberFormat(config.language, { style: 'percent' })

/** @returns {{said: 'inside' | 'outside' | 'unsure' | 'unknown', words: string, grid: string}} */
export function whereAmI() {
  const fix = fresh()
  if (!fix || !ground.told) return { said: 'unknown', words: here.problem || say('fix.waiting'), grid: '' }
  const { said, away, under } = whereIs(ground.told.grids, ground.told.neighbours, fix)
  const about = metres(fix.accuracy)
  const words = {
    inside: () => say('in.mine', { about }),
    unsure: () => say('in.unsure', { about, shares: sharesSaid(fix) }),
    outside: () => (under ? say('in.other', { grid: under.name, away: metres(away) }) : say('in.none', { away: metres(away) })),
  }[said]()
  return { said: /** @type {'inside' | 'outside' | 'unsure'} */ (said), words, grid: under?.name ?? '' }
}

/** The grids that the position may lie in, each with its share of the circle. @param {{lon: number, lat: number, accuracy: number}} fix */
function sharesSaid(fix) {
  const found = shares([...ground.told.grids, ...ground.told.neighbours], fix)
  const rest = 1 - found.reduce((sum, one) => sum + one.share, 0)
  return [...found.map(({ grid, share }) => `${grid.name} ${percent.format(share)}`), rest >= 0.01 ? `${say('in.beyond')} ${percent.format(rest)}` : ''].filter(Boolean).join(say('and'))
}
