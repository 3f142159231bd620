import type { SandboxAnswer, SandboxApp } from './app.ts'
import { SAMPLE_APPS } from './apps/all.ts'
import { SandboxConsole, type SandboxKey } from './console.ts'
import { type BillLine, billOf } from './bill.ts'
import { SandboxFiles, type UploadHit } from './file-store.ts'
import type { SandboxFault, FaultName, WrongInputs } from './sandbox-fault.ts'
import { Misbehaviour, type Rule, type PlannedFault } from './misbehaviour.ts'
import { answerTo } from './routes.ts'
import { WORKFLOW_ID } from './run-facts.ts'
import { RunLog, type AnswerCall, type Hit, type StopCall, type TurnedAwayCall } from './run-log.ts'
import { SignedLinks } from './signed-links.ts'
import type { SandboxState } from './state.ts'
import { causeTrouble, type ServerTrouble } from './trouble.ts'
import { Workers } from './workers.ts'

export interface SandboxOptions {
  /** default: any free port */
  port?: number
  /** how long every run takes; default: the time of each app. 0: no timers at all. */
  delayMs?: number
  /** most runs at once per app, like an app's `max_active_requests`; further calls are refused. Default: no limit. */
  maxConcurrent?: number
  /** how such a call is refused; default: 400 `invalid_param`, as in 1.16.1 */
  limitBy?: '400' | '429'
  /** most runs of workflows and chatflows at once, over all apps; further calls wait. Default: no limit. */
  workers?: number
  /** time between two pings of a stream; default: 10 s, as in Dify */
  pingMs?: number
  /** send the run's id in a header of the stream, as the newest servers do; default: no */
  idHeader?: boolean
  /** how a stream reports wrong inputs; default: `made-up`, as in 1.16.1 */
  wrongInputs?: WrongInputs
  /** how long a link to a file works; default: 300 s, as in Dify. -1: links are dead at once. */
  linkSeconds?: number
  /** instead of the sample apps */
  apps?: readonly SandboxApp[]
}

export interface Sandbox {
  /** the base URL of the API, with /v1 */
  url: string
  apps: { name: string; key: string; mode: SandboxApp['mode'] }[]
  /** the keys of an app of this name, as the console lists them: oldest first */
  keysOf(app: string): readonly SandboxKey[]
  /** makes a key for it there, as a person would. Undefined: it has ten */
  makeKey(app: string): SandboxKey | undefined
  /** every run so far, in the order in which they started */
  hits(): Hit[]
  /** what all runs cost so far, by currency */
  bill(): BillLine[]
  /** every upload so far, in the order in which they arrived, also the lost ones */
  uploads(): UploadHit[]
  /** every call to a stop route */
  stops(): StopCall[]
  /** every call to run an app that was refused without a run */
  turnedAway(): TurnedAwayCall[]
  /** every answer to a form */
  answers(): AnswerCall[]
  /** somebody answers in Dify itself, what a run waits for. False: it waits for nobody */
  answer(runId: string, answer: SandboxAnswer): boolean
  /** every run that goes on ends at once, whatever its delay */
  hurry(): void
  /** the time of what a run waits for is up. False: it waits for nobody */
  expire(runId: string): boolean
  /** most runs at once, by app */
  peaks(): Record<string, number>
  /** plans a fault for the next call or calls */
  misbehave(fault: SandboxFault | FaultName, plan?: Omit<PlannedFault, 'fault'>): void
  /** a rule decides for every call; it replaces an earlier rule */
  misbehaveBy(rule: Rule): void
  /** removes planned faults and the rule */
  behave(): void
  /** something happens to the whole server */
  cause(trouble: ServerTrouble): Promise<void>
  /** publishes every workflow anew: the runs that start from now on are of another version. @returns that */
  publish(): string
  stop(): Promise<void>
}

/** A server that speaks Dify's service API and calls no model. It listens on 127.0.0.1 only. */
export function startSandbox(options: SandboxOptions = {}): Sandbox {
  const apps = options.apps ?? SAMPLE_APPS
  const state: SandboxState = {
    apps,
    console: new SandboxConsole(apps),
    log: new RunLog(),
    files: new SandboxFiles(new SignedLinks(() => origin, options.linkSeconds ?? 300)),
    misbehaviour: new Misbehaviour(),
    workers: new Workers(options.workers ?? Number.POSITIVE_INFINITY),
    server: { hasRedis: true, hasDatabase: true },
    settings: {
      delayMs: options.delayMs,
      maxConcurrent: options.maxConcurrent ?? Number.POSITIVE_INFINITY,
      limitBy: options.limitBy ?? '400',
      pingMs: options.pingMs ?? 10_000,
      idHeader: options.idHeader ?? false,
      wrongInputs: options.wrongInputs ?? 'made-up',
      version: WORKFLOW_ID,
    },
    cause: (trouble) => causeTrouble(state, trouble, restart),
  }
  let server = listen(state, options.port ?? 0)
  const { port } = server
  const origin = `http://127.0.0.1:${port}`
  const appNamed = (name: string) => {
    const app = apps.find((one) => one.name === name)
    if (!app) throw new Error(`the sandbox has no app ${name}`)
    return app
  }
  async function restart(): Promise<void> {
    await server.stop(true)
    server = listen(state, port ?? 0)
  }
  return {
    url: `${origin}/v1`,
    apps: state.apps.map(({ name, key, mode }) => ({ name, key, mode })),
    keysOf: (name) => state.console.keysOf(appNamed(name)),
    makeKey: (name) => state.console.makeKey(appNamed(name)),
    hits: () => state.log.hits(),
    bill: () => billOf(state.log.runs),
    uploads: () => state.files.uploads(),
    stops: () => [...state.log.stops],
    turnedAway: () => [...state.log.turnedAway],
    answers: () => [...state.log.answers],
    hurry: () => {
      for (const run of state.log.runs) run.hurry()
    },
    expire: (runId) => {
      const form = state.log.byId(runId)?.form
      form?.expire()
      return form !== undefined
    },
    answer: (runId, answer) => {
      const run = state.log.byId(runId)
      if (!run?.form) return false
      run.answer(answer)
      return true
    },
    peaks: () => ({ ...state.log.peaks }),
    misbehave: (fault, plan = {}) => state.misbehaviour.plan({ ...plan, fault }),
    misbehaveBy: (rule) => state.misbehaviour.rule(rule),
    behave: () => state.misbehaviour.clear(),
    cause: (trouble) => state.cause(trouble),
    publish: () => {
      state.settings.version = crypto.randomUUID()
      return state.settings.version
    },
    stop: () => server.stop(true),
  }
}

function listen(state: SandboxState, port: number) {
  return Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 0,
    development: false,
    fetch: (request) => answerTo(state, request),
    // A stream that is cut on purpose also ends here. Without this handler Bun prints it as a crash.
    error: () => new Response('sandbox: internal error', { status: 500 }),
  })
}
