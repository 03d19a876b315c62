/** The live stream: cases that came or changed, gathered for a moment; and the state of the connection. */

import { listen } from 'gis/live.js'
import { byId } from 'gis/page.js'
import { clock, config, desk, on, say, tell } from './state.js'

const GATHER_MS = 400
/** @type {Set<string>} */ const numbers = new Set()
let waiting = 0

export function beginFollowing() {
  const live = byId('live')
  /** @type {string} */ let state = 'connecting'
  const stream = listen(`${config.urls.stream}?${new URLSearchParams({ place: config.place })}`, ['report.received', 'incident.changed'], {
    onEvent: (_topic, data) => {
      numbers.add(data.incident)
      clearTimeout(waiting)
      waiting = setTimeout(() => {
        tell('live', [...numbers])
        numbers.clear()
      }, GATHER_MS)
    },
    onReset: () => tell('reload'),
    // After a break the stream goes on from the last event: nothing need be asked anew.
    onState: (next) => {
      state = next
      show()
    },
  })
  const show = () => {
    const offline = !navigator.onLine
    const shown = offline ? 'offline' : state
    live.dataset.state = shown
    const at = desk.at ? clock.near(desk.at, new Date()) : ''
    const said = say(`live.${shown}`, { n: stream.age() })
    byId('live-said').textContent = said
    const band = byId('band')
    band.hidden = shown === 'live' || shown === 'connecting'
    band.textContent = band.hidden ? '' : `${say(`live.${shown}.long`)} ${at ? say('live.as_of', { time: at }) : ''}`
  }
  addEventListener('online', show)
  addEventListener('offline', show)
  on('rows', show)
  setInterval(show, 5000)
  show()
}
