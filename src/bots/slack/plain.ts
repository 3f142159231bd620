import { clip } from './limits.ts'

/** Text without markup, clipped to what Slack takes. */
export function plain(text: string, chars: number) {
  return { type: 'plain_text' as const, text: clip(text, chars), emoji: false }
}
