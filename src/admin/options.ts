import type { Db } from '../db/schema.ts'
import type { ProviderSettings } from '../app/provider-settings.ts'
import type { Clock } from '../engine/clock.ts'
import type { FileStore } from '../files/file-store.ts'
import type { Wizard } from '../wizard/wizard.ts'
import type { Limits } from '../workbook/limits.ts'
import type { Assets } from './assets.ts'
import type { Identity } from './sign-in/identity.ts'
import type { FreshCache } from './http/cache.ts'
import type { Metrics } from '../app/metrics.ts'
import type { ProgressSources } from '../app/progress.ts'
import type { LinksApp } from '../app/result-links.ts'
import type { FilesApp, TaskApp } from '../app/tasks.ts'
import type { AnswerApp } from '../app/answer-form.ts'
import type { WorkflowApp } from '../app/workflow-acts.ts'

/** What every route is given. */
export interface AdminContext extends AdminOptions {
  assets: Assets
  /** answers that many viewers share */
  cache: FreshCache
  /** who sends this request, as things are now; undefined: nobody any more */
  identityNow: (request: Request) => Promise<Identity | undefined>
}

/** What the page and the API need; serve/admin-options.ts makes it. */
export interface AdminOptions {
  /** does what people ask for with tasks and workflows (app/tasks.ts, app/workflows.ts, app/result-links.ts, app/answer-form.ts) */
  bot: TaskApp & FilesApp & WorkflowApp & LinksApp & AnswerApp
  db: Db
  /** its isAdmin must be true for people of the web */
  wizard: Wizard
  clock: Clock
  limits: Limits
  /** files that come along with a workbook */
  files: FileStore
  tokens: Tokens
  /** with which people may sign in, too; undefined: none */
  provider: ProviderSettings | undefined
  /** of a secret, so that the database tells nothing about it; nobody without the secret key can make one */
  fingerprint: (secret: string) => string
  /** host names and URL that the page answers to (see http/guard.ts) */
  http: {
    host: string
    publicUrl: string | undefined
    trustedProxies: string[]
    /** how long a session lasts, by what it began with */
    sessionHours: Record<'token' | 'provider', number>
  }
  /** how many calls at once a workflow takes now, if that is less than its limit */
  loweredLimit: (workflowId: string) => number | undefined
  /** why it does, or takes none at all */
  slowdown: ProgressSources['slowdown']
  /** where Dify is asked, unless a person gives another address */
  difyUrl: string
  metrics: Pick<Metrics, 'contentType' | 'text'>
  health: () => Readiness | Promise<Readiness>
  /** the process is being stopped: rows in flight may end, and nothing new is taken (see http/guard.ts) */
  isStopping: () => boolean
  /** aborted before the server closes: streams then end, so they do not delay it */
  draining: AbortSignal
  /** handles Slack events over HTTP; undefined: Slack does not use HTTP here */
  slackEvents?: (request: Request) => Promise<Response>
  log: AdminLog
}

export interface Tokens {
  admin: string
  /** undefined: there is no viewer token */
  viewer: string | undefined
}

/** What works and what does not, for /readyz. */
export interface Readiness {
  ready: boolean
  /** `database: ok`, `tasks: run here`, `discord: connected`: a word or two each, nothing secret */
  parts: Record<string, string>
}

/** pino’s interface. Never log a secret or the text of a cell. */
export interface AdminLog {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}
