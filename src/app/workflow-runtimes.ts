import type { FileSource } from '../engine/files.ts'
import type { Clock } from '../engine/clock.ts'
import type { Timing } from '../engine/timing.ts'
import type { Task } from '../engine/task.ts'
import { type Slowdown, slowdownOf } from '../engine/slowdown.ts'
import type { Sharing } from '../engine/throttle-share.ts'
import type { ThrottleSharing } from './throttle-sharing.ts'
import { Throttle, type ThrottleLimits } from '../engine/throttle.ts'
import type { Workflow, WorkflowLimits } from '../engine/workflow.ts'
import type { WorkflowRuntime } from '../engine/services.ts'
import { findWorkflow, openWorkflowKey } from '../db/workflows/workflows.ts'
import type { Db } from '../db/schema.ts'
import type { SecretBox } from '../db/workflows/secret-box.ts'
import { openApp } from '../dify/apps/open-app.ts'
import { AppMemory } from '../dify/run/app-memory.ts'
import type { Sandbox } from '../dify/sandbox/start-sandbox.ts'

/** The base URL of a sandbox workflow. The sandbox starts in this process when it is needed. */
export const SANDBOX_URL = 'sandbox:'

/** The runtimes of workflows, one throttle each, shared by all tasks of this process, and with other machines if there are. */
export class WorkflowRuntimes {
  readonly #throttles = new Map<string, Throttle>()
  readonly #memories = new Map<string, AppMemory>()
  #sandbox: Promise<Sandbox> | undefined

  constructor(
    private readonly db: Db,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    private readonly timing: Timing,
    private readonly files: FileSource,
    /** from which files are fetched without TLS, too */
    readonly fileHosts: string[] = [],
    /** absent: no other machine runs tasks of this database */
    private readonly sharing?: ThrottleSharing,
  ) {}

  /** Also for a workflow that is switched off: that only prevents new tasks. */
  readonly of = async (task: Pick<Task, 'workflowId'>): Promise<WorkflowRuntime> => {
    const workflow = await findWorkflow(this.db, task.workflowId)
    if (!workflow) throw new Error('the workflow of a task does not exist')
    const throttle = this.#throttleOf(workflow)
    const isSandbox = workflow.baseUrl === SANDBOX_URL
    const apiKey = await openWorkflowKey(this.db, this.box, workflow.id)
    const baseUrl = await this.urlOf(workflow)
    return {
      app: openApp({
        baseUrl,
        apiKey,
        mode: workflow.mode,
        fileLimits: workflow.fileLimits,
        // The sandbox's own example files are on this machine.
        fileHosts: isSandbox ? [...this.fileHosts, new URL(baseUrl).host] : this.fileHosts,
        fileSource: this.files,
        memory: this.#memoryOf(workflow.id),
        secrets: this.box,
      }),
      variables: workflow.variables,
      requiredOutputs: workflow.requiredOutputs ?? [],
      throttle,
      // What the sandbox of a dead process had is gone with it.
      queueMs: isSandbox ? 0 : this.timing.queueMs,
      graceMs: isSandbox ? 0 : this.timing.lookUpGraceMs,
    }
  }

  /** The URL of the workflow’s API; starts the sandbox if the workflow belongs to it. */
  async urlOf({ baseUrl }: Pick<Workflow, 'baseUrl'>): Promise<string> {
    return baseUrl === SANDBOX_URL ? (await this.sandbox()).url : baseUrl
  }

  /** It is loaded only then, too. */
  sandbox(): Promise<Sandbox> {
    return (this.#sandbox ??= import('../dify/sandbox/start-sandbox.ts').then(({ startSandbox }) =>
      startSandbox(),
    ))
  }

  /** How many calls at once the workflow takes now, if that is less than its limit. */
  loweredLimit(workflowId: string): number | undefined {
    const throttle = this.#throttles.get(workflowId)
    if (!throttle) return this.sharing?.learntOf(workflowId)?.atOnce
    return throttle.lowered ? throttle.limit : undefined
  }

  /** Why the workflow takes fewer calls than it is set to. */
  slowdown(workflowId: string): Slowdown | undefined {
    const throttle = this.#throttles.get(workflowId)
    if (throttle) return throttle.slowdown
    const learnt = this.sharing?.learntOf(workflowId)
    return learnt && slowdownOf(learnt)
  }

  /** How many workflows take fewer calls at once than they are set to. */
  get throttled(): number {
    return [...this.#throttles.values()].filter(({ slowdown }) => slowdown).length
  }

  async close(): Promise<void> {
    await this.sharing?.close()
    await (await this.#sandbox)?.stop()
  }

  /** A person has changed them. */
  setLimits(workflowId: string, limits: WorkflowLimits): void {
    this.#throttles.get(workflowId)?.setLimits(throttleLimits(limits))
    this.sharing?.limitsChanged(workflowId)
  }

  #throttleOf(workflow: Workflow): Throttle {
    const existing = this.#throttles.get(workflow.id)
    if (existing) {
      existing.setLimits(throttleLimits(workflow))
      return existing
    }
    const limits = throttleLimits(workflow)
    const open = (sharing?: Sharing) => new Throttle(limits, this.clock, this.timing, Math.random, sharing)
    // The sandbox is this process's own.
    const isShared = this.sharing !== undefined && workflow.baseUrl !== SANDBOX_URL
    const throttle = isShared ? this.sharing.join(workflow.id, open) : open()
    this.#throttles.set(workflow.id, throttle)
    return throttle
  }

  #memoryOf(id: string): AppMemory {
    const memory = this.#memories.get(id) ?? new AppMemory()
    this.#memories.set(id, memory)
    return memory
  }
}

function throttleLimits({ limit, perMinute, tokensPerMinute }: WorkflowLimits): ThrottleLimits {
  return { atOnce: limit, perMinute: perMinute ?? undefined, tokensPerMinute: tokensPerMinute ?? undefined }
}
