import type { Db } from '../db/schema.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { Clock } from '../engine/clock.ts'
import type { Engine } from '../engine/engine.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Wizard } from '../wizard/wizard.ts'
import type { Limits } from '../workbook/limits.ts'
import type { Assets } from './assets.ts'
import type { Fresh } from './http/fresh.ts'
import type { Metrics } from '../app/metrics.ts'

/** What every route has at hand. */
export interface Surroundings extends AdminOptions {
  assets: Assets
  /** what is shown to many is asked for once */
  fresh: Fresh
}

/** What the page and the API are made of; page.ts beside rowbot.ts hands it in. */
export interface AdminOptions {
  db: Db
  engine: Engine
  /** one whose isAdmin is true for people of the web */
  wizard: Wizard
  clock: Clock
  limits: Limits
  tokens: Tokens
  /** signs sessions; another one, as another token makes it, signs everybody out */
  sessionKey: string
  /** names and addresses that the page may be asked for under (see auth/host.ts) */
  http: { host: string; publicUrl: string | undefined }
  apps: Apps
  tasks: TaskActs
  /** how many calls at once a workflow takes now, while that is fewer than it is set to */
  loweredLimit: (workflowId: string) => number | undefined
  /** where Dify is asked, unless a person gives another address */
  difyUrl: string
  metrics: Pick<Metrics, 'contentType' | 'text'>
  health: () => Health | Promise<Health>
  /** aborted when the page is about to close: streams end, so that they hold nothing */
  draining: AbortSignal
  /** events of Slack over HTTP; undefined: none are expected here */
  slackEvents?: (request: Request) => Promise<Response>
  log: Log
}

export interface Tokens {
  admin: string
  /** undefined: nobody may only look */
  viewer: string | undefined
}

/** The Dify apps that may be run. Each @throws UserError when Dify does not take the key or the app cannot be run. */
export interface Apps {
  add(given: { baseUrl: string; apiKey: string; limit?: number }): Promise<Workflow>
  /** Brings its name and inputs up to date. */
  sync(workflow: Workflow): Promise<Workflow>
  /** Asks Dify; changes nothing. `changed`: its inputs are not those that are known */
  check(workflow: Workflow): Promise<{ changed: boolean }>
  giveKey(workflow: Workflow, apiKey: string): Promise<void>
  addSandbox(): Promise<Workflow[]>
}

/** What needs more than the database. */
export interface TaskActs {
  /** Ends it now; what is in flight is stopped at Dify. */
  stop(id: string, by: string): Promise<void>
  /** Writes the result as it stands into the file at `path`. */
  writeResult(task: TaskView, to: { path: string; format: 'xlsx' | 'csv' }): Promise<void>
}

/** What is well and what is not, for /readyz. */
export interface Health {
  ready: boolean
  /** `database: ok`, `tasks: run here`, `discord: connected`: a word or two each, as anybody may read them */
  parts: Record<string, string>
}

/** As pino has it. Never given a secret or what a cell says. */
export interface Log {
  info(about: object, message: string): void
  warn(about: object, message: string): void
  error(about: object, message: string): void
}
