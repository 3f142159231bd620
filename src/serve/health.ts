import type { Readiness } from '../admin/options.ts'
import { answers } from '../db/open.ts'
import type { Rowbot } from '../app/rowbot.ts'

/** What a chat says of itself. fatal: it does not come back before somebody mends something. */
export type ChatState = 'off' | 'starting' | 'connected' | 'reconnecting' | 'fatal'

/** What only the command that serves knows. */
export interface ServingState {
  isDraining: boolean
  chats: Record<string, ChatState>
}

/**
 * Whether this process is to be sent requests, in words for anybody: why a chat is shut out is in the log. That another
 * process runs the tasks is no reason against it, as tasks can be made all the same.
 */
export async function healthOf(
  { db, runsTasks }: Rowbot,
  { isDraining, chats }: ServingState,
): Promise<Readiness> {
  const hasDatabase = await answers(db)
  const isShutOut = Object.values(chats).includes('fatal')
  return {
    ready: hasDatabase && !isDraining && !isShutOut,
    parts: {
      process: isDraining ? 'draining' : 'running',
      database: hasDatabase ? 'ok' : 'does not answer',
      tasks: runsTasks ? 'run here' : 'not run here',
      ...chats,
    },
  }
}
