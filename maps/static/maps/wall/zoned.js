/** Times on the clock of the place, whatever clock this screen is set to. */

const MINUTE_MS = 60_000

/**
 * @param {string} zone IANA name
 * @param {string} language BCP 47
 */
export function zoned(zone, language) {
  const digits = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
  })
  const names = new Intl.DateTimeFormat(language, { timeZone: zone, weekday: 'short' })
  /** @param {Date} date @returns {Record<string, string>} */
  const read = (date) => Object.fromEntries(digits.formatToParts(date).map(({ type, value }) => [type, value]))
  /** @param {Date} date */
  const day = (date) => { const { year, month, day } = read(date); return `${year}-${month}-${day}` }
  /** @param {Date} date */
  const time = (date) => { const { hour, minute } = read(date); return `${hour}:${minute}` }
  /** How far the clock there is ahead of UTC, in ms. @param {Date} date */
  const ahead = (date) => {
    const { year, month, day, hour, minute, second } = read(date)
    return Date.UTC(+year, +month - 1, +day, +hour, +minute, +second) - Math.floor(date.getTime() / 1000) * 1000
  }
  return {
    day,
    time,
    /** @param {Date} date */
    weekday: (date) => names.format(date),
    /** @param {Date} date minutes since midnight there */
    minutes: (date) => { const { hour, minute } = read(date); return +hour * 60 + +minute },
    /** The instant at which the clock there stands at `minutes` of that day. @param {string} day @param {number} minutes */
    instant: (day, minutes) => {
      const wall = Date.parse(`${day}T00:00:00Z`) + minutes * MINUTE_MS
      const near = wall - ahead(new Date(wall))
      return new Date(wall - ahead(new Date(near)))
    },
  }
}

/** `day` moved by a number of days. @param {string} day @param {number} by */
export function movedDay(day, by) {
  return new Date(Date.parse(`${day}T00:00:00Z`) + by * 24 * 60 * MINUTE_MS).toISOString().slice(0, 10)
}
