import type { Log } from '../log.ts'
import { type Logger, LogLevel } from '@slack/bolt'

/** Sends the logs of Slack’s packages to ours, except debug. */
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

/** Removes tokens, and the tickets in socket URLs: they give access to the workspace. */
export function redacted(text: string): string {
  return text.replace(/\bx(?:ox[a-z]|app)-[\w-]+/g, 'x…').replace(/([?&]ticket=)[^&\s"]+/g, '$1…')
}

function sentence(words: unknown[]): string {
  return redacted(words.map(String).join(' '))
}
