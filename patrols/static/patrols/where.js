/** A position in words: which grid, how surely, and a clear word when it is not mine. */

import { fresh, here, metres } from './position.js'
import { whereIs } from './ground.js'
import { ground } from './mine.js'
import { say } from './state.js'

/** @returns {{said: 'inside' | 'outside' | 'unsure' | 'unknown', words: string, grid: string}} */
export function whereAmI() {
  const fix = fresh()
  if (!fix || !ground.told) return { said: 'unknown', words: here.problem || say('fix.waiting'), grid: '' }
  const { said, away, under } = whereIs(ground.told.grids, ground.told.neighbours, fix)
  const about = metres(fix.accuracy)
  const words = {
    inside: () => say('in.mine', { about }),
    unsure: () => say('in.unsure', { about }),
    outside: () => (under ? say('in.other', { grid: under.name, away: metres(away) }) : say('in.none', { away: metres(away) })),
  }[said]()
  return { said: /** @type {'inside' | 'outside' | 'unsure'} */ (said), words, grid: under?.name ?? '' }
}
