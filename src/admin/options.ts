import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import type { Wizard } from '../wizard/wizard.ts'
import type { Limits } from '../workbook/limits.ts'
import type { Assets } from './assets.ts'
import type { FreshCache } from './http/cache.ts'
import type { Metrics } from '../app/metrics.ts'
import type { ProgressSources } from '../app/progress.ts'
import type { TaskApp } from '../app/tasks.ts'
import type { WorkflowApp } from '../app/workflows.ts'

/** What every route has at hand. */
export interface AdminContext extends AdminOptions {
  assets: Assets
  /** what is shown to many is asked for once */
  cache: FreshCache
}

/** What the page and the API are made of; page.ts beside rowbot.ts hands it in. */
export interface AdminOptions {
  /** what people do with tasks and workflows is done by (app/tasks.ts, app/workflows.ts) */
  bot: TaskApp & WorkflowApp
  db: Db
  /** one whose isAdmin is true for people of the web */
  wizard: Wizard
  clock: Clock
  limits: Limits
  tokens: Tokens
  /** signs sessions; another one, as another token makes it, signs everybody out */
  sessionKey: string
  /** names and addresses that the page may be asked for under (see auth/host.ts) */
  http: { host: string; publicUrl: string | undefined }
  /** how many calls at once a workflow takes now, while that is fewer than it is set to */
  loweredLimit: (workflowId: string) => number | undefined
  /** why it does, or takes none at all */
  slowdown: ProgressSources['slowdown']
  /** where Dify is asked, unless a person gives another address */
  difyUrl: string
  metrics: Pick<Metrics, 'contentType' | 'text'>
  health: () => Readiness | Promise<Readiness>
  /** aborted when the page is about to close: streams end, so that they hold nothing */
  draining: AbortSignal
  /** events of Slack over HTTP; undefined: none are expected here */
  slackEvents?: (request: Request) => Promise<Response>
  log: AdminLog
}

export interface Tokens {
  admin: string
  /** undefined: nobody may only look */
  viewer: string | undefined
}

/** What is well and what is not, for /readyz. */
export interface Readiness {
  ready: boolean
  /** `database: ok`, `tasks: run here`, `discord: connected`: a word or two each, as anybody may read them */
  parts: Record<string, string>
}

/** As pino has it. Never given a secret or what a cell says. */
export interface AdminLog {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}
