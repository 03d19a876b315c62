/** Light or dark, remembered in a cookie so that the server paints the right one at once. */

const YEAR_S = 365 * 24 * 3600

/** @returns {'light' | 'dark'} */
export const theme = () => (document.documentElement.dataset.theme === 'dark' ? 'dark' : 'light')

const button = document.getElementById('theme')

function name() {
  if (button) button.textContent = (theme() === 'dark' ? button.dataset.light : button.dataset.dark) ?? ''
}

function turn() {
  const next = theme() === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset.theme = next
  document.cookie = `theme=${next}; path=/; max-age=${YEAR_S}; samesite=lax`
  name()
  document.dispatchEvent(new CustomEvent('theme'))
}

if (button) {
  name()
  button.hidden = false
  button.addEventListener('click', turn)
}
