/** The marks of cases: a shape for each kind, so that colour never stands alone. */

export const KINDS = ['livelihood', 'enforcement', 'development']

/** @type {Record<string, string>} Okabe–Ito; the green is the lighter one that reads on dark */
export const FILL = { livelihood: '#56B4E9', enforcement: '#E69F00', development: '#1FB88A' }

const HALF = 9

/** @type {Record<string, (pen: CanvasRenderingContext2D) => void>} */
const SHAPES = {
  livelihood: (pen) => pen.arc(0, 0, 4.4, 0, 2 * Math.PI),
  enforcement: (pen) => pen.rect(-3.9, -3.9, 7.8, 7.8),
  development: (pen) => {
    pen.moveTo(0, -5.2)
    pen.lineTo(5.2, 4)
    pen.lineTo(-5.2, 4)
    pen.closePath()
  },
}

/**
 * Add an image for each kind under its name, with a halo of the sea's colour.
 * @param {any} map
 * @param {number} scale
 * @param {string} halo
 */
export function addMarks(map, scale, halo) {
  for (const kind of KINDS) {
    const ratio = 2 * Math.ceil(scale)
    const size = 2 * HALF * ratio
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = size
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
    pen.scale(ratio, ratio)
    pen.translate(HALF, HALF)
    pen.beginPath()
    SHAPES[kind](pen)
    pen.lineJoin = 'round'
    pen.lineWidth = 2.4
    pen.strokeStyle = halo
    pen.stroke()
    pen.fillStyle = FILL[kind]
    pen.fill()
    map.addImage(kind, pen.getImageData(0, 0, size, size), { pixelRatio: ratio })
  }
}
