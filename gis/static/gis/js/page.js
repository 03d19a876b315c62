/** Small helpers over the page: elements, the JSON that the server put there, words and numbers. */

/**
 * @param {string} id
 * @returns {HTMLElement} the element of that id; the template holds it
 */
export const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id))

/**
 * Read a `json_script` block.
 * @param {string} id
 * @returns {any}
 */
export const island = (id) => JSON.parse(byId(id).textContent ?? 'null')

/**
 * Make an element. Text is always set as text, never as markup.
 * @param {string} tag
 * @param {Record<string, unknown>} [attributes] `on…` are listeners
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue
    if (name.startsWith('on')) element.addEventListener(name.slice(2), /** @type {EventListener} */ (value))
    else element.setAttribute(name, value === true ? '' : String(value))
  }
  element.append(...children.filter((child) => child != null && child !== false).map((child) => /** @type {Node | string} */ (child)))
  return element
}

/**
 * @param {Record<string, string>} words messages by key
 * @param {string} language BCP 47
 */
export function speaker(words, language) {
  const plain = new Intl.NumberFormat(language)
  const short = new Intl.NumberFormat(language, { maximumFractionDigits: 1 })
  /** @param {string} key @param {Record<string, unknown>} [values] @returns {string} */
  const say = (key, values = {}) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ''))
  return {
    say,
    /** @param {number} value */
    number: (value) => plain.format(value),
    /** A length with its unit: metres below one kilometre. @param {number} metres */
    length: (metres) => metres < 1000
      ? say('m', { n: metres < 10 ? short.format(metres) : plain.format(Math.round(metres)) })
      : say('km', { n: short.format(metres / 1000) }),
  }
}
