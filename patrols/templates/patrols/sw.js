/* Answers for /patrol/ where there is no network. Only the shell is kept here: what is of a person
   is in the page's own database, under that person's name. */
const SHELL = JSON.parse('{{ shell_json|escapejs }}')
const CACHE = `patrol-${SHELL.version}`
const PAGE = 'patrol-page'
// A page that is kept is better than one that does not come.
const PATIENCE_MS = 2500

self.addEventListener('install', (event) => event.waitUntil(install()))
self.addEventListener('activate', (event) => event.waitUntil(activate()))
// From a page that began loading before this was active, and is nobody's.
self.addEventListener('message', (event) => event.waitUntil(self.clients.claim()))
self.addEventListener('fetch', (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== 'GET' || url.origin !== location.origin) return
  if (request.mode === 'navigate' && url.pathname === SHELL.page) event.respondWith(page(request))
  else if (SHELL.files.includes(url.pathname)) event.respondWith(file(request, url.pathname))
})

async function install() {
  const cache = await caches.open(CACHE)
  await Promise.all(SHELL.files.map(async (path) => {
    const answer = await fetch(path, { cache: 'no-cache' })
    if (!answer.ok) throw new Error(`${answer.status} ${path}`)
    await cache.put(path, answer)
  }))
  const answer = await fetch(SHELL.page, { credentials: 'same-origin' }).catch(() => null)
  if (answer) await keep(answer)
  await self.skipWaiting()
}

async function activate() {
  const names = await caches.keys()
  await Promise.all(names.filter((name) => name.startsWith('patrol-') && name !== CACHE && name !== PAGE).map((name) => caches.delete(name)))
  await self.clients.claim()
}

/** Keep the page, unless it is the sign-in page or a refusal. @param {Response} answer */
async function keep(answer) {
  if (answer.ok && !answer.redirected && answer.type === 'basic') await (await caches.open(PAGE)).put(SHELL.page, answer.clone())
}

/** @param {Request} request */
async function page(request) {
  const kept = await (await caches.open(PAGE)).match(SHELL.page)
  const asked = fetch(request).then(async (answer) => {
    await keep(answer)
    // A server that fails is no better than none.
    return answer.status >= 500 && kept ? kept : answer
  })
  if (!kept) return asked
  const late = new Promise((done) => { setTimeout(() => done(kept), PATIENCE_MS) })
  return Promise.race([asked.catch(() => kept), late])
}

/** @param {Request} request @param {string} path */
async function file(request, path) {
  return (await (await caches.open(CACHE)).match(path)) ?? fetch(request)
}
