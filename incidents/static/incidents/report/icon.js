/** Marks from the sprite of the page. */

const SVG = 'http://www.w3.org/2000/svg'

/** @param {string} name @param {string} [more] further classes @returns {SVGElement} */
export function icon(name, more = '') {
  const svg = document.createElementNS(SVG, 'svg')
  svg.setAttribute('class', `ico ${more}`)
  svg.setAttribute('aria-hidden', 'true')
  const use = document.createElementNS(SVG, 'use')
  use.setAttribute('href', `#i-${name}`)
  svg.append(use)
  return svg
}

// The classes of urban management (GB/T 30428): B components, S matters; F are demands of enterprises.
const BY_CLASS = {
  B01: 'utility', B02: 'road', B03: 'bin', B04: 'tree', B05: 'house',
  S01: 'bin', S02: 'sign', S03: 'crane', S05: 'stall', S06: 'people',
}
const BY_KIND = { livelihood: 'house', enforcement: 'stall', development: 'work' }

// What a name says, in either language, is nearer than its class.
const BY_WORD = [
  [/灯|\blights?\b/i, 'lamp'], [/井盖|manhole/i, 'cover'], [/暖|heating/i, 'heat'], [/电梯|\blift\b/i, 'lift'],
  [/台阶|楼道|\bstep|stair/i, 'house'], [/噪声|noise/i, 'sound'], [/停放|停车|parked|parking|bicycle/i, 'car'],
  [/垃圾|rubbish/i, 'bin'], [/树|\btree/i, 'tree'], [/水|water|sewage/i, 'utility'],
]

/** @param {{code: string, name: string, kind: string}} category @returns {string} */
export const iconOf = ({ code, name, kind }) =>
  /** @type {string} */ (BY_WORD.find(([pattern]) => /** @type {RegExp} */ (pattern).test(name))?.[1]) ?? BY_CLASS[code.slice(0, 3)] ?? BY_KIND[kind] ?? 'other'
