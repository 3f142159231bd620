import type { Fate } from '../engine/outcome.ts'
import { Conversations, Messages } from './answers.ts'
import type { Access } from './http.ts'
import { get } from './look-up-get.ts'
import { fateOfRun } from './run-status.ts'
import { usageOf } from './usage.ts'

/**
 * What became of a chatflow's run whose id is not known. Chatflows are not in the workflow logs, but each attempt is
 * the only one to have its user, so that user has one conversation with one message.
 */
export async function lookUpMessage(access: Access, user: string, signal: AbortSignal): Promise<Fate> {
  const query = { user, limit: 1 }
  const talks = await get(access, { method: 'GET', path: '/conversations', query, signal }, Conversations)
  if (talks.kind !== 'read') return talks
  const talk = talks.data.data[0]
  if (!talk) return { kind: 'unknown' }

  const ofTalk = { ...query, conversation_id: talk.id }
  const messages = await get(access, { method: 'GET', path: '/messages', query: ofTalk, signal }, Messages)
  if (messages.kind !== 'read') return messages
  const message = messages.data.data[0]
  if (!message) return { kind: 'running' } // Dify writes the conversation first

  const { answer, status, error, total_tokens, total_price, currency, provider_response_latency } = message
  // The row is written empty when the run begins, and its status says “normal” from the start, if it says anything.
  const answered = Boolean(answer) || Boolean(provider_response_latency)
  return fateOfRun({
    status:
      status === 'error' ? 'failed' : status === 'paused' ? 'paused' : answered ? 'succeeded' : 'running',
    outputs: { answer: answer ?? '' },
    error,
    usage: usageOf({
      seconds: provider_response_latency,
      tokens: total_tokens,
      price: total_price,
      currency,
    }),
  })
}
