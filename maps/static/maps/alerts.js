/** What alerts rest on, in words; and the mark of each kind, a shape of its own. */

const NS = 'http://www.w3.org/2000/svg'
/** Arrow out of a box; three waves, the last one broken; a clock. In a box of 16. */
const SHAPES = {
  out_of_grid: 'M9 3H3v10h10V8M9 7l5-5m-4 0h4v4',
  no_signal: 'M2 2l12 12M3 6a8 8 0 0 1 3-1.6M13 6a8 8 0 0 0-3.4-1.8M5.4 9.2A4 4 0 0 1 7 8.2M8 12.6v.2',
  late_start: 'M8 2.2a5.8 5.8 0 1 1 0 11.6 5.8 5.8 0 0 1 0-11.6M8 4.8V8l2.4 1.6',
}

/** @param {string} kind @returns {SVGElement} */
export function mark(kind) {
  const svg = document.createElementNS(NS, 'svg')
  svg.setAttribute('viewBox', '0 0 16 16')
  svg.setAttribute('class', 'mark')
  svg.setAttribute('aria-hidden', 'true')
  const path = document.createElementNS(NS, 'path')
  path.setAttribute('d', SHAPES[kind] ?? SHAPES.late_start)
  svg.append(path)
  return svg
}

/** Since when it holds: the condition began before anybody was told. @param {{opened_at: string, facts: any}} alert @returns {string} */
export const began = ({ opened_at: opened, facts }) => facts.since ?? facts.due_at ?? opened

/**
 * @param {{kind: string, facts: any}} alert
 * @param {{say: (key: string, values?: object) => string, length: (metres: number) => string}} speak
 * @param {(at: string) => string} clock
 */
export function factOf({ kind, facts }, { say, length }, clock) {
  if (kind === 'out_of_grid') return say('fact.out_of_grid', { time: clock(facts.since), m: length(facts.distance_m) })
  if (kind === 'late_start') return say('fact.late_start', { time: clock(facts.due_at) })
  return facts.last_fix_at ? say('fact.no_signal', { time: clock(facts.last_fix_at) }) : say('fact.never', { time: clock(facts.started_at) })
}
