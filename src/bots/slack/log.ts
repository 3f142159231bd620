import type { Log } from '../log.ts'
import { type Logger, LogLevel } from '@slack/bolt'

/** Slack's packages write to ours; what they only whisper is not kept. */
export function boltLogger(log: Log): Logger {
  return {
    debug: () => {},
    info: () => {},
    warn: (...words: unknown[]) => log.warn({ from: 'bolt' }, sentence(words)),
    error: (...words: unknown[]) => log.error({ from: 'bolt' }, sentence(words)),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  }
}

/** Tokens and the tickets of socket addresses open the workspace to whoever reads them. */
export function redacted(text: string): string {
  return text.replace(/\bx(?:ox[a-z]|app)-[\w-]+/g, 'x…').replace(/([?&]ticket=)[^&\s"]+/g, '$1…')
}

function sentence(words: unknown[]): string {
  return redacted(words.map(String).join(' '))
}
