/** Pictures are made small before they are sent. */

const EDGE_PX = 1920
const THUMB_PX = 320
const QUALITY = 0.82

/** A small JPEG, upright, and a smaller one to show. @param {File} file */
export async function shrink(file) {
  const image = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const draw = (edge) => {
    const scale = Math.min(1, edge / Math.max(image.width, image.height))
    const canvas = document.createElement('canvas')
    canvas.width = Math.max(1, Math.round(image.width * scale))
    canvas.height = Math.max(1, Math.round(image.height * scale))
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'))
    pen.fillStyle = '#FFFFFF'
    pen.fillRect(0, 0, canvas.width, canvas.height)
    pen.drawImage(image, 0, 0, canvas.width, canvas.height)
    return canvas
  }
  const blob = await new Promise((done) => draw(EDGE_PX).toBlob(done, 'image/jpeg', QUALITY))
  if (!blob) throw new Error('no picture')
  const thumb = draw(THUMB_PX).toDataURL('image/jpeg', 0.7)
  image.close()
  return { blob: /** @type {Blob} */ (blob), thumb }
}
