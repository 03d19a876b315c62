/**
 * What is kept on this phone: the draft, what waits to be sent, what was sent last (local storage), and
 * the pictures (IndexedDB). Where a browser keeps nothing, memory serves until the page is left.
 */

import { island } from 'gis/page.js'

const memory = new Map()
const { channel } = island('config')
// Each page keeps its own draft.
const PREFIX = channel === 'resident' ? 'wangge.report.' : `wangge.${channel}.`

/** @param {'draft' | 'outbox' | 'sent'} name @returns {any} */
export function read(name) {
  try {
    return JSON.parse(localStorage.getItem(PREFIX + name) ?? 'null')
  } catch {
    return memory.get(name) ?? null
  }
}

/** @param {'draft' | 'outbox' | 'sent'} name @param {any} value null removes it */
export function write(name, value) {
  try {
    if (value == null) localStorage.removeItem(PREFIX + name)
    else localStorage.setItem(PREFIX + name, JSON.stringify(value))
  } catch {
    memory.set(name, value)
  }
}

/** @type {Promise<IDBDatabase> | null} */
let opened = null
const blobs = new Map()

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened ??= new Promise((done, fail) => {
    const request = indexedDB.open('wangge-report', 1)
    request.onupgradeneeded = () => request.result.createObjectStore('photos')
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error)
  })
  return opened
}

/** @param {'readonly' | 'readwrite'} mode @param {(store: IDBObjectStore) => IDBRequest} ask @returns {Promise<any>} */
async function inStore(mode, ask) {
  const store = (await database()).transaction('photos', mode).objectStore('photos')
  return new Promise((done, fail) => {
    const request = ask(store)
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error)
  })
}

/** @param {string} id @param {Blob} blob */
export async function keepPhoto(id, blob) {
  blobs.set(id, blob)
  await inStore('readwrite', (store) => store.put(blob, id)).catch(() => {})
}

/** @param {string} id @returns {Promise<Blob | null>} */
export async function photo(id) {
  return blobs.get(id) ?? (await inStore('readonly', (store) => store.get(id)).catch(() => null)) ?? null
}

/** @param {string} id */
export async function forgetPhoto(id) {
  blobs.delete(id)
  await inStore('readwrite', (store) => store.delete(id)).catch(() => {})
}
