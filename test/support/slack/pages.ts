import { listAt, textAt } from '../../../src/bots/json-path.ts'

/** What is read of a conversation. */
export const READS = new Set(['conversations.history', 'conversations.replies'])

const MOST = 999

/**
 * The page of messages that was asked for: https://docs.slack.dev/reference/methods/conversations.replies. The emulator
 * knows neither `oldest` nor pages of a thread.
 */
export function pageOf(all: object, args: Record<string, unknown>): object {
  const oldest = Number(args['oldest'] ?? 0)
  const start = Number(args['cursor'] ?? 0)
  const end = start + Math.min(Number(args['limit'] ?? 100), MOST)
  const messages = listAt(all, 'messages').filter((message) => Number(textAt(message, 'ts')) > oldest)
  const hasMore = end < messages.length
  return {
    ...all,
    messages: messages.slice(start, end),
    has_more: hasMore,
    response_metadata: { next_cursor: hasMore ? String(end) : '' },
  }
}
