/** Where cases are many: a picture of classes, or a colour for each grid, and the legend of both. */

import { NONE, RAMP } from './style.js'

/** Colours for `count` classes, evenly from the ramp; one alone is the last. @param {number} count */
export const shades = (count) =>
  Array.from({ length: count }, (_, i) => (count === 1 ? RAMP[RAMP.length - 1] : RAMP[Math.round((i * (RAMP.length - 1)) / (count - 1))]))

/**
 * The grey picture of the server in the colours of the legend.
 * @param {{image: string | null, edges: number[]}} told
 * @returns {Promise<HTMLCanvasElement | null>}
 */
export async function painted(told) {
  if (!told.image) return null
  const bytes = Uint8Array.from(atob(told.image), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }), { colorSpaceConversion: 'none' })
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }))
  pen.drawImage(bitmap, 0, 0)
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height)
  const table = shades(told.edges.length).map((colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)))
  for (let at = 0; at < picture.data.length; at += 4) {
    const colour = table[picture.data[at] - 1]
    picture.data.set(colour ? [...colour, 255] : [0, 0, 0, 0], at)
  }
  pen.putImageData(picture, 0, 0)
  return canvas
}

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
