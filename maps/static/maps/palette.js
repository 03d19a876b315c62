/** The colours of the map, light and dark. Selection is ink with a halo; no data uses the accent. */

/**
 * @typedef {{sea: string, wash: string[], land: string, lift: string, grid: string, community: string,
 *   subdistrict: string, shore: string, old: string, over: string, ink: string, halo: string, text: string,
 *   text2: string, party: string, accent: string}} Palette
 */

/** @type {Record<'light' | 'dark', Palette>} */
export const palettes = {
  light: {
    sea: '#E4EBF2', wash: ['#DDE6EF', '#D5DFEA'], land: '#FAFAF8', lift: '#EEF0F6', grid: '#C3CBD7',
    community: '#97A4B6', subdistrict: '#56657B', shore: '#7C93B0', old: '#A89ED2', over: '#151B26', ink: '#151B26',
    halo: '#FFFFFF', text: '#151B26', text2: '#4A5567', party: '#B51A31', accent: '#3D4FC4',
  },
  dark: {
    sea: '#0B1220', wash: ['#0D1628', '#101C31'], land: '#182236', lift: '#22304C', grid: '#344563',
    community: '#50658A', subdistrict: '#8098BE', shore: '#55709A', old: '#6257A8', over: '#C5D0E2', ink: '#FFFFFF',
    halo: '#0B1220', text: '#E8EDF5', text2: '#A9B8CE', party: '#FF8A9A', accent: '#A5B4FC',
  },
}
