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

/** Of what we call, nothing is limited for longer: the machine's clock was put back while a call waited (rest-limits.ts). */
const LONGEST_LIMIT_MS = 300_000

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

/** This place or message takes nothing. What is in none of these lists is tried again before the next place is. */
const GONE = new Set<number>([
  CODES.unknownChannel,
  CODES.unknownMessage,
  10_004, // guild
  10_007, // member
  10_013, // user
  20_009, // explicit content, as Discord thinks
  40_007, // banned from the guild
  40_058, // a forum, where only threads are
  CODES.missingAccess,
  50_003, // nothing for a direct message
  50_005, // somebody else's message
  CODES.cannotDirect,
  50_008, // not a channel for messages
  50_009, // the channel's level of verification
  CODES.missingPermissions,
  50_021, // a system message
  50_024, // nothing for this kind of channel
  50_033, // recipients
  50_055, // guild
  50_095, // a server that is not available where we are
  50_278, // no guild in common with the person
  60_003, // the server asks for two factors
  CODES.archived, // and it cannot be opened again
  CODES.locked,
  160_006, // too many threads
  160_007, // the same, in an announcement channel
  200_000, // blocked by the server's AutoMod
  200_001, // the same, of a title
  240_000, // blocked for a link
  400_001, // this server takes no files for now
])
/** Not only this message or thread. */
const SERVER_GONE = new Set<number>([10_004, 40_007, CODES.missingAccess])
const PAUSE_MS = 30_000
/** Discord is busy, or shuts us out altogether. */
const DOWN = new Set<number>([
  40_333, // Cloudflare
  130_000, // overloaded
])
const BUSY = 40_062
const TOO_LARGE = new Set<number>([
  413,
  40_005,
  50_045,
  50_123, // a type of file that is not taken
])
/** A token that is not accepted, whatever its HTTP status. */
const TOKEN_REFUSALS = new Set<number>([40_001, 40_012, 50_014])

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
      if (called.code === CODES.editedTooOften)
        return { kind: 'limited', retryAfterMs: PAUSE_MS, isOneMessage: true }
      if (called.code === BUSY) return { kind: 'limited', retryAfterMs: PAUSE_MS }
      // No other place is better: it is sent once there is a token that works.
      if (called.code === UNAUTHORIZED || DOWN.has(called.code))
        return { kind: 'failed', error, isDown: true }
      if (GONE.has(called.code))
        return { kind: 'gone', error, ...(SERVER_GONE.has(called.code) && { isChannel: true }) }
      return { kind: TOO_LARGE.has(called.code) ? 'tooLarge' : 'failed', error }
    }
  }
}

function calledOf(fault: unknown): DiscordCallResult {
  if (fault instanceof RateLimitError)
    return {
      kind: 'limited',
      retryAfterMs: Math.min(Math.max(fault.timeToReset, fault.retryAfter), LONGEST_LIMIT_MS),
    }
  if (fault instanceof DiscordAPIError) {
    const own = typeof fault.code === 'number' && fault.code > 0 ? fault.code : fault.status
    const code = fault.status === UNAUTHORIZED || TOKEN_REFUSALS.has(own) ? UNAUTHORIZED : own
    return { kind: 'refused', code, error: fault.message }
  }
  if (fault instanceof HTTPError) return { kind: 'unsure', error: `HTTP ${fault.status}` }
  // The network, or the time limit. A bug of ours ends here, too; the caller logs its message.
  return { kind: 'unsure', error: fault instanceof Error ? fault.message : String(fault) }
}
