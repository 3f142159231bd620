import type { Clock } from '../engine/clock.ts'
import type { Timing } from '../engine/timing.ts'
import type { Task } from '../engine/task.ts'
import { type Slowdown, Throttle, type ThrottleLimits } from '../engine/throttle.ts'
import type { Workflow, WorkflowLimits } from '../engine/workflow.ts'
import type { WorkflowRuntime } from '../engine/services.ts'
import { findWorkflow, openWorkflowKey } from '../db/workflows/workflows.ts'
import type { Db } from '../db/schema.ts'
import type { SecretBox } from '../db/workflows/secret-box.ts'
import { openApp } from '../dify/apps/open-app.ts'
import { type Sandbox, startSandbox } from '../dify/sandbox/start-sandbox.ts'

/** The base URL of a workflow of the built-in sandbox, which is started in this process when it is needed. */
export const SANDBOX_URL = 'sandbox:'

/** The workflows as running tasks need them: one throttle each, shared by all tasks of this process. */
export class WorkflowRuntimes {
  readonly #throttles = new Map<string, Throttle>()
  #sandbox: Sandbox | undefined

  constructor(
    private readonly db: Db,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly timing: Timing,
  ) {}

  /** Also of a workflow that is switched off: no new task is made with it, and those that are there go on. */
  readonly of = async (task: Pick<Task, 'workflowId'>): Promise<WorkflowRuntime> => {
    const workflow = await findWorkflow(this.db, task.workflowId)
    if (!workflow) throw new Error('a task is of a workflow that is not there')
    const apiKey = await openWorkflowKey(this.db, this.box, workflow.id)
    return {
      app: openApp({
        baseUrl: this.urlOf(workflow),
        apiKey,
        mode: workflow.mode,
        fileLimits: workflow.fileLimits,
        allowPrivateFiles: workflow.baseUrl === SANDBOX_URL,
      }),
      variables: workflow.variables,
      throttle: this.#throttleOf(workflow),
      // What the sandbox of a dead process had is gone with it.
      queueMs: workflow.baseUrl === SANDBOX_URL ? 0 : this.timing.lookUpGraceMs,
    }
  }

  /** Where the workflow's API is; starts the sandbox if it is one of its apps. */
  urlOf({ baseUrl }: Pick<Workflow, 'baseUrl'>): string {
    return baseUrl === SANDBOX_URL ? this.sandbox().url : baseUrl
  }

  sandbox(): Sandbox {
    return (this.#sandbox ??= startSandbox())
  }

  /** How many calls at once the workflow takes now, while that is fewer than it is set to. */
  loweredLimit(workflowId: string): number | undefined {
    const throttle = this.#throttles.get(workflowId)
    return throttle?.lowered ? throttle.limit : undefined
  }

  /** Why the workflow takes fewer calls than it is set to. */
  slowdown(workflowId: string): Slowdown | undefined {
    return this.#throttles.get(workflowId)?.slowdown
  }

  /** How many workflows take fewer calls at once than they are set to. */
  get throttled(): number {
    return [...this.#throttles.values()].filter(({ slowdown }) => slowdown).length
  }

  async close(): Promise<void> {
    await this.#sandbox?.stop()
  }

  /** A person has changed them. */
  setLimits(workflowId: string, limits: WorkflowLimits): void {
    this.#throttles.get(workflowId)?.setLimits(throttleLimits(limits))
  }

  #throttleOf(workflow: Workflow): Throttle {
    const existing = this.#throttles.get(workflow.id)
    if (existing) {
      existing.setLimits(throttleLimits(workflow))
      return existing
    }
    const throttle = new Throttle(throttleLimits(workflow), this.clock, this.timing)
    this.#throttles.set(workflow.id, throttle)
    return throttle
  }
}

function throttleLimits({ limit, perMinute, tokensPerMinute }: WorkflowLimits): ThrottleLimits {
  return { atOnce: limit, perMinute: perMinute ?? undefined, tokensPerMinute: tokensPerMinute ?? undefined }
}
