/** The desk: queue, case and map that ask the same question and follow the live stream. */

import 'gis/theme.js'
import { byId, make } from 'gis/page.js'
import { beginActions } from './actions.js'
import { beginBulk } from './bulk.js'
import { beginCase, openCase, refresh } from './case.js'
import { beginColumns, showPage } from './columns.js'
import { beginFilters } from './filters.js'
import { beginFollowing } from './following.js'
import { beginKeys } from './keys.js'
import { beginMap } from './map.js'
import { beginQueue, load } from './queue.js'
import { caseInAddress, config, desk, memory, on, say } from './state.js'

beginColumns()
beginFilters()
beginQueue()
beginActions()
beginCase()
beginBulk()
beginKeys()
beginMap()

const first = caseInAddress()
showPage(first ? 'case' : 'queue')
if (first) openCase(first)
on('reload', () => {
  load({ quiet: true })
  refresh()
})
on('signed-out', () => {
  const next = encodeURIComponent(location.pathname + location.search)
  byId('band').hidden = false
  byId('band').replaceChildren(say('signed_out'), ' ', make('a', { href: `${config.urls.login}?next=${next}` }, say('sign_in')))
})
load()
beginFollowing()

if (!memory.get('welcomed') && !first) {
  const welcome = byId('welcome')
  welcome.hidden = false
  byId('welcomed').addEventListener('click', () => {
    memory.set('welcomed', true)
    welcome.hidden = true
    byId('rows').focus()
  })
}
desk.cursor ??= first
