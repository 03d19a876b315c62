/**
 * The live stream in a browser: every event once and in order, from the last one on after a break.
 * The browser's own EventSource comes back with `Last-Event-ID`; here is what it does not do: it gives
 * up for good when an answer is not a stream, and says nothing of a connection that died in silence.
 */

const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 30_000
const SILENT_BEATS = 3

/** @typedef {'connecting' | 'live' | 'reconnecting' | 'stale' | 'ended'} State */

/**
 * @param {string} url
 * @param {string[]} topics
 * @param {{onEvent: (topic: string, data: any) => void, onReset: () => void, onState: (state: State) => void}} to
 *   `onReset`: something is gone for good, or the viewer's ground changed: load everything anew
 */
export function listen(url, topics, to) {
  /** @type {EventSource | null} */
  let source = null
  /** @type {string | null} */ let last = null
  /** @type {string | null} */ let scope = null
  let [seen, beat_s, failures] = [Date.now(), 15, 0]
  /** @type {State} */ let state = 'connecting'

  /** @param {State} next */
  const turn = (next) => {
    if (next !== state && state !== 'ended') to.onState((state = next))
  }
  /** @param {MessageEvent} event */
  const sign = (event) => {
    seen = Date.now()
    failures = 0
    if (event.lastEventId) last = event.lastEventId
    turn('live')
    return JSON.parse(event.data)
  }
  const open = () => {
    const address = new URL(url, location.href)
    address.searchParams.set('topics', topics.join(','))
    if (last) address.searchParams.set('last_event_id', last)
    source = new EventSource(address)
    source.addEventListener('hello', (event) => {
      const told = sign(event)
      beat_s = told.heartbeat_s
      if (scope !== null && scope !== told.scope) to.onReset()
      scope = told.scope
    })
    source.addEventListener('heartbeat', sign)
    source.addEventListener('reset', (event) => { sign(event); to.onReset() })
    source.addEventListener('end', () => { source?.close(); turn('ended') })
    for (const topic of topics) source.addEventListener(topic, (event) => to.onEvent(topic, sign(event)))
    source.onerror = broken
  }
  const broken = async () => {
    turn('reconnecting')
    if (source?.readyState !== EventSource.CLOSED) return // the browser tries again by itself
    const refused = await fetch(url, { method: 'HEAD' }).then((answer) => answer.status, () => 0)
    if (refused === 401 || refused === 403) return turn('ended')
    failures += 1
    setTimeout(open, Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS))
  }
  setInterval(() => {
    if (state !== 'live' || Date.now() - seen <= SILENT_BEATS * beat_s * 1000) return
    // The network would keep a dead connection open for many minutes.
    turn('stale')
    source?.close()
    open()
  }, 1000)
  open()
  return {
    /** Seconds since the last sign of life. */
    age: () => Math.round((Date.now() - seen) / 1000),
  }
}
