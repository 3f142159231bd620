import { clip } from './limits.ts'

/** Text without markup, clipped to what Slack takes. */
export function plain(text: string, chars: number) {
  return { type: 'plain_text' as const, text: clip(inOrder(text), chars), emoji: false }
}

/** Characters that change the direction of all that follows them on a line, our own words too. */
const DIRECTIONS = /[\u202a-\u202e\u2066-\u2069]+/g

export function inOrder(text: string): string {
  return text.replace(DIRECTIONS, ' ')
}
