/**
 * What this phone keeps (IndexedDB): what waits to be sent, fixes, and answers under their person's name.
 * A promise is kept when the transaction is on the disk: a killed tab or a dead battery loses nothing.
 */

/** @type {Promise<IDBDatabase> | null} */
let opened = null

/** @returns {Promise<IDBDatabase>} */
function database() {
  opened ??= new Promise((done, fail) => {
    const request = indexedDB.open('wangge-patrol', 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('outbox', { keyPath: 'order', autoIncrement: true })
      request.result.createObjectStore('fixes', { keyPath: ['who', 'sequence'] })
      request.result.createObjectStore('kept')
    }
    request.onsuccess = () => done(request.result)
    request.onerror = () => fail(request.error)
  })
  return opened
}

/**
 * @param {string[]} names @param {'readonly' | 'readwrite'} mode
 * @param {(transaction: IDBTransaction) => IDBRequest | void} work
 * @returns {Promise<any>} the result of the request that `work` returns
 */
export async function within(names, mode, work) {
  const transaction = (await database()).transaction(names, mode, { durability: 'strict' })
  return new Promise((done, fail) => {
    const request = work(transaction)
    transaction.oncomplete = () => done(request?.result)
    transaction.onabort = transaction.onerror = () => fail(transaction.error)
  })
}

/** @param {string} name @returns {Promise<any>} */
export const kept = (name) => within(['kept'], 'readonly', (t) => t.objectStore('kept').get(name))

/** @param {string} name @param {any} value undefined takes it away */
export const keep = (name, value) => within(['kept'], 'readwrite', (t) => {
  if (value === undefined) t.objectStore('kept').delete(name)
  else t.objectStore('kept').put(value, name)
})

/** What was kept for others, who signed in here before, is not for this person; what they have yet to send stays. @param {string} who */
export const forgetOthers = (who) => within(['kept'], 'readwrite', (t) => {
  const names = t.objectStore('kept').getAllKeys()
  names.onsuccess = () => {
    for (const name of names.result) {
      const [part, ...owner] = String(name).split(':')
      if (['mine', 'tasks', 'spots'].includes(part) && owner.join(':') !== who) t.objectStore('kept').delete(name)
    }
  }
})
