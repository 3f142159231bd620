import type { Readiness } from '../admin/options.ts'
import { answers } from '../db/open.ts'
import type { Rowbot } from '../app/rowbot.ts'

/** The state of a chat. standby: another machine is connected; fatal: somebody has to fix something first. */
export type ChatState = 'off' | 'starting' | 'standby' | 'connected' | 'reconnecting' | 'fatal'

/** State that only the serving command has. */
export interface ServingState {
  isDraining: boolean
  chats: Record<string, ChatState>
  /** further words that do not decide whether it is ready */
  remarks?: Record<string, string>
}

/**
 * Whether this process should receive requests, in words that are safe for anybody: why a chat was refused is only in
 * the log. It is also ready if another process is the runner, because tasks can be created all the same.
 */
export async function healthOf(
  { db, runsTasks }: Rowbot,
  { isDraining, chats, remarks }: ServingState,
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
      ...remarks,
    },
  }
}
