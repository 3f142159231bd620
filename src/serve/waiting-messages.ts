import { z } from 'zod'
import type { LateMessage } from '../bots/slack/handlers.ts'
import { WAIT_MS, type WaitingMessages } from '../bots/slack/late-files.ts'
import { listAwaited, saveAwaited, takeAwaited } from '../db/chats/awaited-files.ts'
import type { Db } from '../db/schema.ts'

const Message = z.object({
  origin: z.object({
    actor: z.object({ id: z.string(), team: z.string().exactOptional() }),
    channel: z.string().exactOptional(),
    thread: z.string().exactOptional(),
    beginsThread: z.literal(true).exactOptional(),
  }),
  sending: z.string(),
  answered: z.array(z.string()),
})
const File = z.object({ id: z.string(), name: z.string() })

/** Messages in Slack that came without their files: any of several machines may be told of those. */
export function waitingMessagesIn(db: Db, team: string): WaitingMessages<LateMessage> {
  const messages = `message:${team}:`
  const files = `file:${team}:`
  return {
    add: (channel, ts, message) =>
      saveAwaited(db, `${messages}${channel}:${ts}`, JSON.stringify(message), WAIT_MS),
    async listIn(channel) {
      const found = await listAwaited(db, `${messages}${channel}:`)
      return new Map([...found].map(([ts, message]) => [ts, Message.parse(JSON.parse(message))]))
    },
    take: (channel, ts) => takeAwaited(db, `${messages}${channel}:${ts}`),
    shared: {
      addFile: (channel, ts, file) =>
        saveAwaited(db, `${files}${channel}:${ts}:${file.id}`, JSON.stringify(file), WAIT_MS),
      async filesOf(channel, ts) {
        const found = await listAwaited(db, `${files}${channel}:${ts}:`)
        return [...found.values()].map((file) => File.parse(JSON.parse(file)))
      },
    },
  }
}
