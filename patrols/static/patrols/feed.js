/** What the service was asked for and this phone keeps under the person's name: shown at once, asked for anew when it may be old. */

import { isMe, isSessionOver, outbox } from './outbox.js'
import { config, on, tell } from './state.js'
import { keep, kept } from './store.js'

/**
 * @template T
 * @param {'tasks' | 'spots'} name of what is kept, and of the news that it changed
 * @param {T} first what there is before anything was heard
 * @param {(before: T) => Promise<T>} ask
 */
export function feed(name, first, ask) {
  const key = `${name}:${config.user}`
  let value = first
  let stale = false

  async function refresh() {
    stale = false
    if (!navigator.onLine || !(await isMe())) return
    try {
      value = await ask(value)
      await keep(key, value)
    } catch (error) {
      // What is kept is shown.
      isSessionOver(error)
    }
    tell(name)
  }

  return {
    /** @returns {T} */
    get value() {
      return value
    },
    /** @param {number} everyMs */
    async begin(everyMs) {
      // A former release of this page may have kept less.
      value = { ...value, ...(await kept(key)) }
      // What this phone sent changes what is due: asked for when all of it is out.
      on('sent', () => { stale = true })
      on('outbox', () => { if (stale && !outbox.sending) refresh() })
      addEventListener('online', refresh)
      setInterval(refresh, everyMs)
      tell(name)
      refresh()
    },
  }
}
