/** Asking the API which grid a position lies in. */

const PATIENCE_MS = 15_000

/** What went wrong: `refused` lists reasons by field, otherwise the service did not answer. */
export class Trouble extends Error {
  /** @param {string} message @param {string[]} refused */
  constructor(message, refused = []) {
    super(message)
    this.refused = refused
  }
}

/** @type {AbortController | null} */
let running = null

/**
 * Ask; a newer question cancels an older one, whose promise then never settles.
 * @param {string} url
 * @param {{lon: string, lat: string, datum: string, accuracy: string}} question
 * @param {{place: string, edition: string}} where
 * @returns {Promise<any>} the answer of `GET /api/v1/locate`
 */
export async function locate(url, question, where) {
  running?.abort()
  const mine = new AbortController()
  running = mine
  const query = new URLSearchParams({ lon: question.lon, lat: question.lat, datum: question.datum, ...where })
  if (question.accuracy) query.set('accuracy_m', question.accuracy)
  const timer = setTimeout(() => mine.abort('late'), PATIENCE_MS)
  try {
    const response = await fetch(`${url}?${query}`, { signal: mine.signal, headers: { Accept: 'application/json' } })
    const body = await response.json().catch(() => null)
    if (response.ok && body) return body
    throw new Trouble(`HTTP ${response.status}`, response.status < 500 ? reasons(body) : [])
  } catch (error) {
    if (running !== mine) return new Promise(() => {})
    throw error instanceof Trouble ? error : new Trouble(String(error))
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Flatten an error body to sentences, with the field before each.
 * @param {any} body
 * @param {string} [field]
 * @returns {string[]}
 */
function reasons(body, field = '') {
  if (body == null) return []
  if (typeof body === 'string') return [field ? `${field}：${body}` : body]
  if (Array.isArray(body)) return body.flatMap((part) => reasons(part, field))
  if (typeof body !== 'object') return []
  return Object.entries(body).flatMap(([name, part]) =>
    reasons(part, ['detail', 'errors', 'message', 'non_field_errors'].includes(name) ? field : name))
}
