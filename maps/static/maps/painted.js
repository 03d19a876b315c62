/** A picture of classes from the service, in the colours of a legend. */

/**
 * @param {string | null} image a PNG in base64; a pixel's red is its class, from 1 on, 0 is nothing
 * @param {(string | undefined)[]} colours `#rrggbb` of each class; none where nothing is drawn
 * @returns {Promise<HTMLCanvasElement | null>} null without a picture
 */
export async function painted(image, colours) {
  if (!image) return null
  const bytes = Uint8Array.from(atob(image), (letter) => letter.charCodeAt(0))
  const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }), { colorSpaceConversion: 'none' })
  const canvas = document.createElement('canvas')
  canvas.width = bitmap.width
  canvas.height = bitmap.height
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }))
  pen.drawImage(bitmap, 0, 0)
  const picture = pen.getImageData(0, 0, canvas.width, canvas.height)
  const table = colours.map((colour) => colour && [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16)))
  for (let at = 0; at < picture.data.length; at += 4) {
    const colour = table[picture.data[at] - 1]
    picture.data.set(colour ? [...colour, 255] : [0, 0, 0, 0], at)
  }
  pen.putImageData(picture, 0, 0)
  return canvas
}
