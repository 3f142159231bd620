import type { SandboxApp } from './app.ts'
import { SAMPLE_APPS } from './apps/all.ts'
import { FileStore } from './file-store.ts'
import type { SandboxFault, FaultName, WrongInputs } from './sandbox-fault.ts'
import { Misbehaviour, type Rule, type PlannedFault } from './misbehaviour.ts'
import { answerTo } from './routes.ts'
import { RunLog, type Hit, type StopCall, type TurnedAwayCall } from './run-log.ts'
import type { SandboxState } from './state.ts'
import { causeTrouble, type ServerTrouble } from './trouble.ts'
import { Workers } from './workers.ts'

export interface SandboxOptions {
  /** any free one where it is not said */
  port?: number
  /** how long every run takes; each app takes its own time where it is not said. 0: no timers at all. */
  delayMs?: number
  /**
   * runs at once, by app, as an app's `max_active_requests`; a call beyond it is turned away. No limit where it is not
   * said.
   */
  maxConcurrent?: number
  /** how it is turned away; by 400 `invalid_param` as 1.16.1 where it is not said */
  limitBy?: '400' | '429'
  /** runs of workflows and chatflows at once, over all apps; a call beyond it waits. No limit where it is not said. */
  workers?: number
  /** between two pings of a stream; 10 s as in Dify where it is not said */
  pingMs?: number
  /** tell the run's id with the headers of a stream, as the newest servers do; not where it is not said */
  idHeader?: boolean
  /** how a stream tells that the inputs are wrong; `made-up` as 1.16.1 where it is not said */
  wrongInputs?: WrongInputs
  /** in the place of the sample apps */
  apps?: readonly SandboxApp[]
}

export interface Sandbox {
  /** the base URL of the API, with /v1 */
  url: string
  apps: { name: string; key: string; mode: SandboxApp['mode'] }[]
  /** every run since the start, in the order of their beginning */
  hits(): Hit[]
  /** every call to a stop route */
  stops(): StopCall[]
  /** every call to run an app that was refused without a run */
  turnedAway(): TurnedAwayCall[]
  /** most runs at once, by app */
  peaks(): Record<string, number>
  /** the next call or calls go wrong */
  misbehave(fault: SandboxFault | FaultName, plan?: Omit<PlannedFault, 'fault'>): void
  /** a rule decides for every call; the one before is forgotten */
  misbehaveBy(rule: Rule): void
  /** no more wishes and no more rule */
  behave(): void
  /** something happens to the whole server */
  cause(trouble: ServerTrouble): Promise<void>
  stop(): Promise<void>
}

/** A server that speaks Dify's service API and calls no model. It listens on 127.0.0.1 only. */
export function startSandbox(options: SandboxOptions = {}): Sandbox {
  const state: SandboxState = {
    apps: options.apps ?? SAMPLE_APPS,
    log: new RunLog(),
    files: new FileStore(),
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
    },
    cause: (trouble) => causeTrouble(state, trouble, restart),
  }
  let server = listen(state, options.port ?? 0)
  const { port } = server
  async function restart(): Promise<void> {
    await server.stop(true)
    server = listen(state, port ?? 0)
  }
  return {
    url: `http://127.0.0.1:${port}/v1`,
    apps: state.apps.map(({ name, key, mode }) => ({ name, key, mode })),
    hits: () => state.log.hits(),
    stops: () => [...state.log.stops],
    turnedAway: () => [...state.log.turnedAway],
    peaks: () => ({ ...state.log.peaks }),
    misbehave: (fault, plan = {}) => state.misbehaviour.plan({ ...plan, fault }),
    misbehaveBy: (rule) => state.misbehaviour.rule(rule),
    behave: () => state.misbehaviour.clear(),
    cause: (trouble) => state.cause(trouble),
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
    // A stream that is cut as told comes by here too: without this Bun prints it as a crash.
    error: () => new Response('sandbox: internal error', { status: 500 }),
  })
}
