/** Alone here, because the scripts of all of them are loaded only when one is asked for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const
export type Shell = (typeof SHELLS)[number]
