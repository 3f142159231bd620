import type { AppMode } from '../../engine/workflow.ts'

/** What Dify's API offers for one kind of app. */
interface AppKind {
  /** path of the POST that starts a run; /{task}/stop below it stops one, except for workflows */
  run: string
  stop: (task: string) => string
  /** takes a question besides its inputs, and keeps conversations */
  asks: boolean
  /** made of steps: a run has an id and a status of its own */
  hasRuns: boolean
}

const CHAT = {
  run: '/chat-messages',
  stop: (task: string) => `/chat-messages/${task}/stop`,
  asks: true,
  hasRuns: false,
} as const satisfies AppKind

export const KINDS = {
  workflow: {
    run: '/workflows/run',
    stop: (task: string) => `/workflows/tasks/${task}/stop`,
    asks: false,
    hasRuns: true,
  },
  'advanced-chat': { ...CHAT, hasRuns: true },
  completion: {
    run: '/completion-messages',
    stop: (task: string) => `/completion-messages/${task}/stop`,
    asks: false,
    hasRuns: false,
  },
  chat: CHAT,
  'agent-chat': CHAT,
  agent: CHAT,
} as const satisfies Record<AppMode, AppKind>
