import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { ChatCall, Metrics, Settled, Notified } from '../app/metrics.ts'
import type { Chat, SendResult } from '../bots/chat.ts'
import type { NotificationChannel } from '../db/schema.ts'
import type { Outcome } from '../engine/outcome.ts'
import type { Sent } from '../notify/sent.ts'
import type { Totals } from '../db/stats/totals.ts'

/* The values of the labels. */
const OUTCOMES: Record<Outcome['kind'], true> = {
  succeeded: true,
  failed: true,
  rejected: true,
  throttled: true,
  lost: true,
  halted: true,
  waiting: true,
}
const CHAT_CALLS = ['post', 'edit', 'tell', 'upload', 'branch', 'direct'] as const satisfies (keyof Chat)[]
const CHAT_RESULTS: Record<SendResult['kind'], true> = {
  ok: true,
  gone: true,
  limited: true,
  tooLarge: true,
  failed: true,
}
const CHANNELS: Record<NotificationChannel, true> = { webhook: true, email: true, folder: true }
const NOTIFIED: Record<Sent['kind'], true> = { sent: true, failed: true, refused: true }

/** Where the metrics are read from when somebody asks for them. */
export interface Sources {
  totals(): Promise<Totals>
  throttledWorkflows(): number
  now(): number
}

/** From an immediately refused call to a row’s longest time limit. */
const CALL_SECONDS = [0.1, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200]

/**
 * Counters of this process, and figures from the database at the time of asking. docs/operate.md lists them. Every
 * label has only a handful of values: no ids, no names.
 */
export class PrometheusMetrics implements Metrics {
  /** The content type that Prometheus expects. */
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8'
  readonly #registry = new Registry()
  readonly #tasks = this.#gauge('rowbot_tasks', 'Tasks by state.', ['status'])
  readonly #rows = this.#gauge('rowbot_rows', 'Rows of all tasks by state.', ['status'])
  readonly #workflows = this.#gauge('rowbot_workflows', 'Workflows that are set up.')
  readonly #throttled = this.#gauge(
    'rowbot_workflows_throttled',
    'Workflows that take fewer calls at once for now, because Dify answered “too many requests”.',
  )
  readonly #queueAge = this.#gauge(
    'rowbot_queue_age_seconds',
    'Age of the oldest task that waits for a runner; 0 when none waits.',
  )
  readonly #attempts = this.#counter('rowbot_attempts_total', 'Settled attempts by outcome.', ['outcome'])
  readonly #retries = this.#counter('rowbot_retries_total', 'Failed attempts that are retried.')
  readonly #throttles = this.#counter(
    'rowbot_throttles_total',
    'Calls that Dify turned away; they cost no attempt.',
  )
  readonly #chatCalls = this.#counter('rowbot_chat_calls_total', 'Calls to the chats by result.', [
    'platform',
    'call',
    'result',
  ])
  readonly #notifications = this.#counter(
    'rowbot_notifications_total',
    'Tries to notify others of a task’s end, by result.',
    ['channel', 'result'],
  )
  readonly #calls = new Histogram({
    name: 'rowbot_call_seconds',
    help: 'How long an attempt took, by outcome.',
    labelNames: ['outcome'],
    buckets: CALL_SECONDS,
    registers: [this.#registry],
  })

  /** @param platforms the chats that are on */
  constructor(
    private readonly sources: Sources,
    platforms: readonly string[] = [],
  ) {
    this.#beginAtZero(platforms)
  }

  /**
   * Every series is there from the first scrape on. One that appears with its first event has no rate of it, so that an
   * alarm on something rare would never fire.
   */
  #beginAtZero(platforms: readonly string[]): void {
    for (const outcome of Object.keys(OUTCOMES)) {
      this.#attempts.inc({ outcome }, 0)
      this.#calls.zero({ outcome })
    }
    for (const platform of platforms)
      for (const call of CHAT_CALLS)
        for (const result of Object.keys(CHAT_RESULTS)) this.#chatCalls.inc({ platform, call, result }, 0)
    for (const channel of Object.keys(CHANNELS))
      for (const result of Object.keys(NOTIFIED)) this.#notifications.inc({ channel, result }, 0)
  }

  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry })
  }

  settled({ outcome, seconds, isOpen, isRetried }: Settled): void {
    this.#attempts.inc({ outcome })
    if (!isOpen) this.#calls.observe({ outcome }, seconds)
    if (isRetried) this.#retries.inc()
    if (outcome === 'throttled') this.#throttles.inc()
  }

  chatCalled({ platform, call, result }: ChatCall): void {
    this.#chatCalls.inc({ platform, call, result })
  }

  notified({ channel, result }: Notified): void {
    this.#notifications.inc({ channel, result })
  }

  /** All metrics in Prometheus’s text format. */
  async text(): Promise<string> {
    const { tasks, rows, workflows, oldestWaitingAt } = await this.sources.totals()
    for (const [status, count] of Object.entries(tasks)) this.#tasks.set({ status }, count)
    for (const [status, count] of Object.entries(rows)) this.#rows.set({ status }, count)
    this.#workflows.set(workflows)
    this.#throttled.set(this.sources.throttledWorkflows())
    const ageMs = oldestWaitingAt === null ? 0 : this.sources.now() - oldestWaitingAt
    this.#queueAge.set(Math.max(0, ageMs / 1000))
    return this.#registry.metrics()
  }

  #gauge<T extends string>(name: string, help: string, labelNames: T[] = []) {
    return new Gauge({ name, help, labelNames, registers: [this.#registry] })
  }

  #counter<T extends string>(name: string, help: string, labelNames: T[] = []) {
    return new Counter({ name, help, labelNames, registers: [this.#registry] })
  }
}
