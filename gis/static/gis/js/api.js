/** Asking the API: what it refused is told apart from what nobody answered. */

const PATIENCE_MS = 20_000

/** @typedef {{field: string | null, code: string, message: string, message_en: string}} Reason */

/** The service understood and refused, or asked to wait. */
export class Refused extends Error {
  /** @param {number} status @param {Reason[]} reasons @param {number} waitS seconds to wait, of a 429 */
  constructor(status, reasons, waitS) {
    super(`HTTP ${status}`)
    this.status = status
    this.reasons = reasons
    this.waitS = waitS
  }
}

/** Nobody answered, or the service failed: nobody knows whether it was done. */
export class Unanswered extends Error {}

/** @type {((date: string | null, askedMs: number) => void) | null} */
let dated = null

/** Have the date of every answer told, and when it was asked for. @param {(date: string | null, askedMs: number) => void} listener */
export const onDate = (listener) => { dated = listener }

let asWhom = ''

/** From now on ask in this person's name only: refused (401) when somebody else, or nobody, is signed in. @param {string} username */
export const askAs = (username) => { asWhom = username }

/** The word against forged requests: another one after every sign-in. */
export const signInWord = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? ''

/** @returns {Record<string, string>} */
function headers() {
  const token = signInWord()
  return {
    Accept: 'application/json',
    'Accept-Language': document.documentElement.lang === 'en' ? 'en' : 'zh-hans',
    ...(token ? { 'X-CSRFToken': token } : {}),
    ...(asWhom ? { 'X-Signed-In-As': encodeURIComponent(asWhom) } : {}),
  }
}

/** @param {Reason} reason */
export const inWords = (reason) => (document.documentElement.lang === 'en' ? reason.message_en : reason.message)

/**
 * @param {number} status @param {any} body @param {string | null} wait
 * @returns {any} the body of a success
 */
function judge(status, body, wait) {
  if (status >= 200 && status < 300 && body != null) return body
  if (status >= 400 && status < 500) throw new Refused(status, body?.errors ?? [], Number(wait) || 0)
  throw new Unanswered(`HTTP ${status}`)
}

/**
 * @param {string} url
 * @param {{query?: Record<string, string>, body?: any, key?: string, signal?: AbortSignal}} [by]
 * @returns {Promise<any>}
 */
export async function call(url, { query, body, key, signal } = {}) {
  const stop = new AbortController()
  const late = setTimeout(() => stop.abort(), PATIENCE_MS)
  signal?.addEventListener('abort', () => stop.abort())
  const askedMs = Date.now()
  let response
  let told
  try {
    response = await fetch(query ? `${url}?${new URLSearchParams(query)}` : url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...headers(),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...(key ? { 'Idempotency-Key': key } : {}),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: stop.signal,
    })
    dated?.(response.headers.get('Date'), askedMs)
    told = await response.json().catch(() => null)
  } catch (error) {
    if (signal?.aborted) throw error
    throw new Unanswered(String(error))
  } finally {
    clearTimeout(late)
  }
  return judge(response.status, told, response.headers.get('Retry-After'))
}

/**
 * Change or take away something by its address.
 * @param {string} url @param {'PATCH' | 'DELETE'} method @param {any} [body]
 */
export async function send(url, method, body) {
  let response
  try {
    response = await fetch(url, {
      method,
      headers: { ...headers(), ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (error) {
    throw new Unanswered(String(error))
  }
  const told = response.status === 204 ? {} : await response.json().catch(() => null)
  return judge(response.status, told, response.headers.get('Retry-After'))
}

/**
 * Send a picture. `fetch` does not tell how far an upload is.
 * @param {string} url @param {Blob} blob @param {(share: number) => void} onShare
 * @returns {Promise<{id: string}>}
 */
export function upload(url, blob, onShare) {
  return new Promise((done, fail) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value)
    request.responseType = 'json'
    request.upload.onprogress = (event) => onShare(event.total ? event.loaded / event.total : 0)
    request.onload = () => {
      try {
        done(judge(request.status, request.response, request.getResponseHeader('Retry-After')))
      } catch (error) {
        fail(error)
      }
    }
    request.onerror = request.ontimeout = () => fail(new Unanswered('upload'))
    request.timeout = 6 * PATIENCE_MS
    const form = new FormData()
    form.append('file', blob, 'photo.jpg')
    request.send(form)
  })
}
