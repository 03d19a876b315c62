/** Marks on the map, drawn once: the shape says the kind, with a dark edge for the sun. */

import { M_PER_DEGREE, acrossAt } from './ground.js'

const RATIO = 3
const SIZE = 22
const FILLS = { livelihood: '#56B4E9', enforcement: '#E69F00', development: '#009E73' }

/** @param {any} map */
export function addMarks(map) {
  for (const kind of Object.keys(FILLS)) {
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = SIZE * RATIO
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
    pen.scale(RATIO, RATIO)
    pen.beginPath()
    if (kind === 'livelihood') pen.arc(11, 11, 8, 0, 2 * Math.PI)
    else if (kind === 'enforcement') pen.rect(4, 4, 14, 14)
    else for (const [x, y] of [[11, 3], [19, 18], [3, 18]]) pen.lineTo(x, y)
    pen.closePath()
    pen.fillStyle = FILLS[kind]
    pen.fill()
    pen.lineWidth = 1.5
    pen.strokeStyle = '#0A0F18'
    pen.stroke()
    map.addImage(kind, pen.getImageData(0, 0, SIZE * RATIO, SIZE * RATIO), { pixelRatio: RATIO })
  }
}

/** A circle of so many metres as a polygon. @param {{lon: number, lat: number}} at @param {number} radius */
export function circle({ lon, lat }, radius) {
  const across = acrossAt(lat)
  return [Array.from({ length: 49 }, (_, k) => {
    const angle = (k * Math.PI) / 24
    return [lon + (radius * Math.cos(angle)) / across, lat + (radius * Math.sin(angle)) / M_PER_DEGREE]
  })]
}
