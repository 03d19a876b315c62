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
 * The sentences of a refusal, in the language of the page.
 * @param {{errors?: {field: string | null, message: string, message_en: string}[]} | null} body
 * @returns {string[]}
 */
function reasons(body) {
  const english = document.documentElement.lang === 'en'
  return (body?.errors ?? []).map((reason) => (english ? reason.message_en : reason.message))
}
