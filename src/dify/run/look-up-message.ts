import type { z } from 'zod'
import type { LookUpResult, RunRef, WithRunIds } from '../../engine/outcome.ts'
import type { RunIds, Usage } from '../../engine/run.ts'
import { Conversations, Messages } from '../client/answers.ts'
import { get } from '../client/get.ts'
import { cutAnswer } from './cut-answer.ts'
import { resultOfRun } from './run-status.ts'
import { usageOf } from './usage.ts'
import type { Asking } from './asking.ts'

/**
 * A chatbot's answer ends when its connection ends. A message that is still empty this long after its start will not be
 * written any more; before that, the answer may still be on its way to Dify's database.
 */
const CHAT_GRACE_MS = 60_000

type Message = z.infer<typeof Messages>['data'][number]

export interface FoundMessage {
  result: WithRunIds<LookUpResult>
  ids?: RunIds
  usage?: Usage
}

/**
 * Looks up an answer. Chats are not in the workflow logs. But each attempt has its own user, so that user has exactly
 * one conversation with one message.
 */
export async function lookUpMessage(asking: Asking, { user, messageId }: RunRef): Promise<FoundMessage> {
  const { access, signal, withinMs } = asking
  const query = { user, limit: 1 }
  const talks = await get(access, { path: '/conversations', query, signal, withinMs }, Conversations)
  if (talks.kind !== 'read') return { result: talks.outcome }
  const talk = talks.data.data[0]
  if (!talk) return { result: { kind: 'unknown' } }

  const ofTalk = { user, limit: 20, conversation_id: talk.id }
  const messages = await get(access, { path: '/messages', query: ofTalk, signal, withinMs }, Messages)
  if (messages.kind !== 'read') return { result: messages.outcome }
  const found = messages.data.data
  const message = found.find(({ id }) => id === messageId) ?? found[0]
  if (!message) return { result: { kind: 'running' } } // Dify writes the conversation first

  const ids = message.id ? { messageId: message.id } : {}
  const usage = usageOf({
    seconds: message.provider_response_latency,
    tokens: message.total_tokens,
    price: message.total_price,
    currency: message.currency,
  })
  return { result: { ...resultOfMessage(asking, message, usage), ids }, ids, usage }
}

/** Dify writes the message empty when the run begins. Its status, if there is one, is “normal” from the start. */
function resultOfMessage({ mode, memory, now }: Asking, message: Message, usage: Usage): LookUpResult {
  const { answer, status, error, message_files } = message
  const outputs = { answer: answer ?? '', ...(message_files?.length && { files: message_files }) }
  if (status === 'error') return resultOfRun({ status: 'failed', outputs: {}, error, usage })
  if (status === 'paused') return resultOfRun({ status, outputs, error, usage })

  const isWritten = Boolean(answer) || Boolean(usage.seconds)
  if (!isWritten)
    return mode !== 'advanced-chat' && isOld(message, now())
      ? cutAnswer('', usage, false)
      : { kind: 'running' }
  if (!memory.believes(usage.tokens)) return cutAnswer(answer ?? '', usage, memory.tokensUsual)
  return resultOfRun({ status: 'succeeded', outputs, usage })
}

function isOld({ created_at }: Message, now: number): boolean {
  return typeof created_at === 'number' && now - created_at * 1000 > CHAT_GRACE_MS
}
