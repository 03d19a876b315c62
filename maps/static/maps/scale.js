/** The scale bar, in metres or kilometres. */

const WIDEST_PX = 110
const EARTH_M = 40_075_016.686

/**
 * Keep `element` a bar of a round length.
 * @param {any} map
 * @param {HTMLElement} element
 * @param {(metres: number) => string} length
 */
export function keepScale(map, element, length) {
  const draw = () => {
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
    const metresPerPixel = (EARTH_M * Math.cos((map.getCenter().lat * Math.PI) / 180)) / (512 * 2 ** map.getZoom())
    const most = metresPerPixel * Math.min(WIDEST_PX * rem, innerWidth / 5.5)
    const power = 10 ** Math.floor(Math.log10(most))
    const metres = [5, 2, 1].map((step) => step * power).find((step) => step <= most) ?? power
    element.style.width = `${metres / metresPerPixel}px`
    element.firstElementChild.textContent = length(metres)
  }
  map.on('move', draw)
  map.on('resize', draw)
  draw()
}
