import {
  DiscordAPIError,
  HTTPError,
  RateLimitError,
  type RawFile,
  type REST,
  type RouteLike,
} from 'discord.js'
import type { SendResult } from '../chat.ts'

export interface Request {
  method: 'get' | 'post' | 'patch' | 'put' | 'delete'
  route: RouteLike
  body?: unknown
  files?: RawFile[]
  query?: URLSearchParams
}

/** `unsure`: the call may have taken effect. */
export type DiscordCallResult =
  | { kind: 'ok'; value: unknown }
  | { kind: 'refused'; code: number; error: string }
  | { kind: 'limited'; retryAfterMs: number }
  | { kind: 'unsure'; error: string }

/** One call of the REST API, with failures as values. */
export async function call(rest: REST, { method, route, ...options }: Request): Promise<DiscordCallResult> {
  try {
    return { kind: 'ok', value: await rest[method](route, options) }
  } catch (fault) {
    return calledOf(fault)
  }
}

/** Not one of Discord’s error codes: the HTTP status is used. */
export const UNAUTHORIZED = 401
/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
export const CODES = {
  unknownChannel: 10_003,
  unknownMessage: 10_008,
  missingAccess: 50_001,
  cannotDirect: 50_007,
  missingPermissions: 50_013,
  archived: 50_083,
  /** messages older than an hour can be edited only a few times a minute */
  editedTooOften: 30_046,
  locked: 160_005,
  threadExists: 160_004,
} as const

const GONE = new Set<number>([
  CODES.unknownChannel,
  CODES.unknownMessage,
  10_004, // guild
  10_013, // user
  CODES.missingAccess,
  50_005, // somebody else's message
  CODES.cannotDirect,
  50_008, // not a channel for messages
  CODES.missingPermissions,
  50_278, // no guild in common with the person
  CODES.archived, // and it cannot be opened again
  CODES.locked,
])
const EDIT_PAUSE_MS = 30_000
const TOO_LARGE = new Set<number>([413, 40_005])

/** Converts a call’s result to what the Chat interface returns. */
export function sentOf(
  called: Exclude<DiscordCallResult, { kind: 'ok' }>,
): Exclude<SendResult, { kind: 'ok' }> {
  switch (called.kind) {
    case 'limited':
      return called
    case 'unsure':
      return { kind: 'failed', error: called.error, isDown: true }
    case 'refused': {
      const error = `${called.code} ${called.error}`
      if (called.code === CODES.editedTooOften) return { kind: 'limited', retryAfterMs: EDIT_PAUSE_MS }
      // No other place is better: it is sent once there is a token that works.
      if (called.code === UNAUTHORIZED) return { kind: 'failed', error, isDown: true }
      if (GONE.has(called.code)) return { kind: 'gone', error }
      return { kind: TOO_LARGE.has(called.code) ? 'tooLarge' : 'failed', error }
    }
  }
}

function calledOf(fault: unknown): DiscordCallResult {
  if (fault instanceof RateLimitError)
    return { kind: 'limited', retryAfterMs: Math.max(fault.timeToReset, fault.retryAfter) }
  if (fault instanceof DiscordAPIError) {
    const code = typeof fault.code === 'number' && fault.code > 0 ? fault.code : fault.status
    return { kind: 'refused', code, error: fault.message }
  }
  if (fault instanceof HTTPError) return { kind: 'unsure', error: `HTTP ${fault.status}` }
  // The network, or the time limit. A bug of ours ends here, too; the caller logs its message.
  return { kind: 'unsure', error: fault instanceof Error ? fault.message : String(fault) }
}
