/** A grey picture from the service, in the colours of a legend. */

const NOTHING = [0, 0, 0, 0]

/**
 * @param {string | null} image a PNG in base64
 * @param {(grey: number) => number[] | undefined} colourOf red, green, blue and alpha; none where nothing is drawn
 * @returns {Promise<HTMLCanvasElement | null>} null without a picture
 */
export async function redrawn(image, colourOf) {
  if (!image) return null
  const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }), { colorSpaceConversion: 'none' })
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }))
  pen.drawImage(bitmap, 0, 0)
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height)
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set(colourOf(picture.data[at]) ?? NOTHING, at)
  pen.putImageData(picture, 0, 0)
  return canvas
}

/** A picture of classes, from 1 on. @param {string | null} image @param {(string | undefined)[]} colours `#rrggbb` of each */
export function painted(image, colours) {
  const table = colours.map((colour) => (colour ? [...[1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)), 255] : undefined))
  return redrawn(image, (grey) => table[grey - 1])
}
