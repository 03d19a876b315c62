// The board of today is read anew every minute, while somebody looks at it.

const EVERY_MS = 60_000

if (document.querySelector('[data-live]')) {
  setInterval(() => {
    if (document.visibilityState === 'visible') location.reload()
  }, EVERY_MS)
}
