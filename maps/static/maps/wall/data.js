/** What the wall asks of the server. Every question can be given up for a newer one. */

/** A refusal or a failure, with the status (0: nobody answered). */
export class Failed extends Error {
  /** @param {number} status */
  constructor(status) {
    super(`status ${status}`)
    this.status = status
  }
}

/**
 * @param {string} url
 * @param {Record<string, string | number | null | undefined>} query
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function ask(url, query = {}, signal) {
  const known = Object.entries(query).filter(([, value]) => value != null && value !== '')
  const text = new URLSearchParams(known.map(([name, value]) => [name, String(value)])).toString()
  let answer
  try {
    answer = await fetch(text ? `${url}?${text}` : url, { signal, headers: { accept: 'application/json' } })
  } catch (error) {
    if (/** @type {Error} */ (error).name === 'AbortError') throw error
    throw new Failed(0)
  }
  if (!answer.ok) throw new Failed(answer.status)
  return answer.json()
}

/** One question at a time: a newer one gives up the one before it, whose answer is then null. */
export function latest() {
  let held = new AbortController()
  /** @param {string} url @param {Record<string, string | number | null | undefined>} [query] */
  return async (url, query) => {
    held.abort()
    held = new AbortController()
    try {
      return await ask(url, query, held.signal)
    } catch (error) {
      if (/** @type {Error} */ (error).name === 'AbortError') return null
      throw error
    }
  }
}
