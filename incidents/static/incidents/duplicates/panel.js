/** The panel of a case's page: the likeliest duplicates, each with its reasons; nothing where there are none. */

const MOST = 3

for (const panel of document.querySelectorAll('[data-duplicates]')) {
  const { duplicates, page } = /** @type {HTMLElement} */ (panel).dataset
  const language = document.documentElement.lang === 'en' ? 'en' : 'zh-hans'
  fetch(duplicates ?? '', { headers: { Accept: 'application/json', 'Accept-Language': language } })
    // 403 is the answer to who does not dispatch the case: they are shown nothing.
    .then((answer) => (answer.ok ? answer.json() : []))
    .then((/** @type {{number: string, why: string[]}[]} */ found) => {
      if (!found.length) return
      const count = panel.querySelector('[data-count]')
      if (count) count.textContent = String(found.length)
      panel.querySelector('[data-list]')?.replaceChildren(...found.slice(0, MOST).map((one) => {
        const line = document.createElement('li')
        const link = document.createElement('a')
        link.href = page ?? ''
        link.className = 'code'
        link.textContent = one.number
        const why = document.createElement('span')
        why.className = 'quiet'
        why.textContent = ` ${one.why.join(' · ')}`
        line.append(link, why)
        return line
      }))
      panel.toggleAttribute('hidden', false)
    })
    .catch(() => {})
}
