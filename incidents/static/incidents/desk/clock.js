/** Time left in the place's working time, and times as people say them. */

const DAY_MS = 86_400_000
const MOST_DAYS = 400

/**
 * @typedef {{weekdays: number[], begins: string, ends: string, holidays: string[], makeup: string[]}} Calendar
 * @typedef {'undated' | 'calm' | 'amber' | 'red' | 'paused'} Light
 */

/**
 * @param {{calendar: Calendar, zone: string, language: string, say: (key: string, values?: object) => string}} by
 */
export function makeClock({ calendar, zone, language, say }) {
  const holidays = new Set(calendar.holidays)
  const makeup = new Set(calendar.makeup)
  const minutes = (text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
  const [begins, ends] = [minutes(calendar.begins), minutes(calendar.ends)]
  const dayS = (ends - begins) * 60
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  })
  const whole = new Intl.DateTimeFormat(language, { timeZone: zone, dateStyle: 'full', timeStyle: 'medium' })

  /** The wall clock of the place as if it were UTC. @param {Date} at */
  const local = (at) => {
    const told = Object.fromEntries(parts.formatToParts(at).map((one) => [one.type, one.value]))
    return Date.UTC(+told.year, +told.month - 1, +told.day, +told.hour, +told.minute, +told.second)
  }
  /** @param {number} day milliseconds of a local midnight, as UTC */
  const works = (day) => {
    const name = new Date(day).toISOString().slice(0, 10)
    if (makeup.has(name)) return true
    return !holidays.has(name) && calendar.weekdays.includes(new Date(day).getUTCDay() || 7)
  }
  /** Working seconds from one instant to a later one. @param {Date} a @param {Date} b */
  const between = (a, b) => {
    const [from, until] = [local(a), local(b)]
    let found = 0
    for (let day = Math.floor(from / DAY_MS) * DAY_MS, n = 0; day <= until && n < MOST_DAYS; day += DAY_MS, n += 1) {
      if (!works(day)) continue
      const open = Math.max(from, day + begins * 60_000)
      const close = Math.min(until, day + ends * 60_000)
      if (close > open) found += (close - open) / 1000
    }
    return found
  }
  /** @param {number} seconds working seconds */
  const span = (seconds) => {
    if (seconds < 3570) return say('time.minutes', { n: Math.max(1, Math.round(seconds / 60)) })
    if (seconds < dayS) {
      const h = Math.floor((seconds + 30) / 3600)
      const m = Math.max(0, Math.round((seconds - h * 3600) / 60))
      return m && h < 3 ? say('time.hours_minutes', { h, m }) : say('time.hours', { n: h + (m >= 30 && h >= 3 ? 1 : 0) })
    }
    const days = seconds / dayS
    return say('time.days', { n: days < 3 ? Math.round(days * 2) / 2 : Math.round(days) })
  }
  const clockTime = (at) => {
    const wall = new Date(local(at)).toISOString()
    return wall.slice(11, 16)
  }
  /** `14:50` today, `昨 14:50`, `11-02 14:50`, with the year when it is another. @param {string} text @param {Date} now */
  const near = (text, now) => {
    const at = new Date(text)
    const days = Math.floor(local(at) / DAY_MS) - Math.floor(local(now) / DAY_MS)
    const time = clockTime(at)
    if (days === 0) return say('time.today', { time })
    if (days === -1) return say('time.yesterday', { time })
    if (days === 1) return say('time.tomorrow', { time })
    const wall = new Date(local(at)).toISOString()
    return wall.slice(0, 4) === new Date(local(now)).toISOString().slice(0, 4) ? `${wall.slice(5, 10)} ${time}` : wall.slice(0, 10)
  }
  /** `12 分钟前`, for what is near; else as `near`. @param {string} text @param {Date} now */
  const ago = (text, now) => {
    const seconds = (now.getTime() - new Date(text).getTime()) / 1000
    if (seconds < 0) return near(text, now)
    if (seconds < 60) return say('time.just_now')
    if (seconds < 3600) return say('time.minutes_ago', { n: Math.floor(seconds / 60) })
    return near(text, now)
  }
  return {
    between,
    span,
    near,
    ago,
    /** @param {string} text */
    exact: (text) => whole.format(new Date(text)),
    /**
     * @param {string | null} due @param {string | null} amber @param {Date} now
     * @returns {{light: Light, words: string}}
     */
    left: (due, amber, now) => {
      if (!due) return { light: 'undated', words: say('due.none') }
      const at = new Date(due)
      if (at < now) return { light: 'red', words: say('due.over', { span: span(between(at, now)) }) }
      const light = amber && new Date(amber) <= now ? 'amber' : 'calm'
      return { light, words: say('due.left', { span: span(between(now, at)) }) }
    },
    /** Which part of a queue a deadline belongs to. @param {string | null} due @param {Date} now */
    group: (due, now) => {
      if (!due) return 'none'
      const at = new Date(due)
      if (at < now) return 'over'
      const days = Math.floor(local(at) / DAY_MS) - Math.floor(local(now) / DAY_MS)
      if (days === 0) return 'today'
      return days === 1 ? 'tomorrow' : 'later'
    },
  }
}
