import { afterAll, beforeAll, beforeEach } from 'bun:test'
import type { LookUpResult, Outcome, RunProgress, WithRunIds } from '../../../src/engine/outcome.ts'
import type { RunIds } from '../../../src/engine/run.ts'
import type { Inputs } from '../../../src/engine/task.ts'
import type { Variable } from '../../../src/engine/workflow.ts'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../src/dify/sandbox/start-sandbox.ts'

/** A sandbox for one file of tests, well-behaved again before each of them. */
export function sandboxForTests(options: SandboxOptions = {}): { readonly sandbox: Sandbox } {
  let sandbox: Sandbox | undefined
  beforeAll(() => {
    sandbox = startSandbox({ delayMs: 0, pingMs: 20, ...options })
  })
  beforeEach(() => sandbox?.behave())
  afterAll(() => sandbox?.stop())
  return {
    get sandbox() {
      if (!sandbox) throw new Error('the sandbox is only there inside a test')
      return sandbox
    },
  }
}

/** One attempt at one row, and what came of it. */
export interface Attempt {
  user: string
  outcome: WithRunIds<Outcome>
  /** every call of `onProgress`, in order */
  told: RunProgress[]
  /** asks Dify afterwards what became of it, with or without the ids */
  lookUp: (ids?: RunIds) => Promise<WithRunIds<LookUpResult>>
}

export const COPY_INPUTS: Inputs = { name: 'Kettle', features: 'steel, 2 l', tone: 'casual' }

export async function attempt(
  sandbox: Sandbox,
  {
    app: name = 'Product copywriter',
    inputs = COPY_INPUTS,
    variables = [],
    signal = AbortSignal.timeout(5_000),
    onProgress = () => {},
  }: {
    app?: string
    inputs?: Inputs
    variables?: Variable[]
    signal?: AbortSignal
    onProgress?: (news: RunProgress) => void
  } = {},
): Promise<Attempt> {
  const user = `test-${crypto.randomUUID()}`
  const attemptedAt = Date.now()
  const told: RunProgress[] = []
  const app = openSandboxApp(sandbox, name)
  const outcome = await app.run({
    inputs,
    variables,
    user,
    signal,
    onProgress(ids) {
      told.push(ids)
      onProgress(ids)
    },
  })
  const lookUp = (ids: RunIds = {}) => app.lookUp({ user, attemptedAt, ...ids }, AbortSignal.timeout(5_000))
  return { user, outcome, told, lookUp }
}

export function openSandboxApp(sandbox: Sandbox, name: string) {
  const { key, mode } = appNamed(sandbox, name)
  return openApp({ baseUrl: sandbox.url, apiKey: key, mode })
}

export function appNamed(sandbox: Sandbox, name: string): Sandbox['apps'][number] {
  const app = sandbox.apps.find((one) => one.name === name)
  if (!app) throw new Error(`the sandbox has no app ${name}`)
  return app
}
