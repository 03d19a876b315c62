/** Where cases are many: a picture of classes, or a colour for each grid, and the legend of both. */

import { painted } from 'maps/painted.js'
import { NONE, RAMP } from './style.js'

/** Colours for `count` classes, evenly from the ramp; one alone is the last. @param {number} count */
export const shades = (count) =>
  Array.from({ length: count }, (_, i) => (count === 1 ? RAMP[RAMP.length - 1] : RAMP[Math.round((i * (RAMP.length - 1)) / (count - 1))]))

/**
 * The grey picture of the server in the colours of the legend.
 * @param {{image: string | null, edges: number[]}} told
 */
export const heatOf = (told) => painted(told.image, shades(told.edges.length))

/**
 * @param {{grid: string, count: number, rate: number | null}[]} grids
 * @param {number[]} edges
 * @param {'count' | 'rate'} by
 * @returns {Map<string, string>}
 */
export function coloured(grids, edges, by) {
  const ramp = shades(edges.length)
  return new Map(grids.map((one) => {
    const value = one[by]
    const place = value == null ? -1 : edges.findLastIndex((edge) => edge <= value)
    return [one.grid, place < 0 ? NONE : ramp[place]]
  }))
}
