/** The marks of kinds and of time: a shape or a sign beside every colour. */

import { make } from 'gis/page.js'
import { say } from './state.js'

/** @param {string} kind */
export const kindMark = (kind) => make('i', { class: `k ${kind}`, role: 'img', 'aria-label': say(`kind.${kind}`) })

/** @param {string} light @param {string} words @param {string} tag */
export const dueMark = (light, words, tag = 'b') => make(tag, { class: `due ${light}` }, words)

/** A time that tells itself exactly on hover. @param {string} at @param {string} words @param {string} exact */
export const timeMark = (at, words, exact) => make('time', { datetime: at, title: exact }, words)
