import { createHash } from 'node:crypto'
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type TimeInput, trace, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanExporter,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { TracedCall, Traces } from '../app/traces.ts'
import { VERSION } from '../engine/this-program.ts'

export interface TraceOptions {
  /** base URL of the collector; `/v1/traces` is added */
  endpoint: string
  headers?: Record<string, string>
  /** A part could not be sent; its spans are gone. */
  onFault: (fault: unknown) => void
  /** for tests: ms that spans wait for others */
  delayMs?: number
}

const DELAY_MS = 5_000
const SEND_WITHIN_MS = 10_000

/**
 * Sends traces by OTLP over HTTP: one for each task, with a span for each call of a row. Their ids are made from the
 * task's id, so that all machines that have run a part of the task, and a process after a restart, send into one trace.
 * No span has a text of a row, or a name.
 */
export function openTraces({ endpoint, headers = {}, onFault, delayMs = DELAY_MS }: TraceOptions): Traces {
  const ids = new GivenIds()
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    headers,
    timeoutMillis: SEND_WITHIN_MS,
  })
  const provider = new TracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({ 'service.name': 'rowbot', 'service.version': VERSION }),
    spanProcessors: [
      new BatchSpanProcessor({ exporter: reporting(exporter, onFault), scheduledDelayMillis: delayMs }),
    ],
  })
  const tracer = provider.getTracer('rowbot')
  return {
    called(taskId, call) {
      const parent = trace.setSpanContext(ROOT_CONTEXT, { ...idsOf(taskId), traceFlags: TraceFlags.SAMPLED })
      const span = tracer.startSpan(
        'row',
        { kind: SpanKind.CLIENT, startTime: at(call.began), attributes: attributesOf(call) },
        parent,
      )
      if (!SUCCEEDED.has(call.outcome)) span.setStatus({ code: SpanStatusCode.ERROR, message: call.outcome })
      span.end(at(Math.max(call.ended, call.began)))
    },
    ended({ id, workflowId, status, createdAt, finishedAt }) {
      ids.next = idsOf(id)
      const span = tracer.startSpan(
        'task',
        {
          startTime: at(createdAt),
          attributes: { 'rowbot.task': id, 'rowbot.workflow': workflowId, 'rowbot.status': status },
        },
        ROOT_CONTEXT,
      )
      if (status === 'failed')
        span.setStatus({ code: SpanStatusCode.ERROR, message: 'the task stopped by itself' })
      span.end(at(finishedAt ?? createdAt))
    },
    close: () => provider.shutdown(),
  }
}

/** A row that waits for a person is as it should be. */
const SUCCEEDED = new Set(['succeeded', 'waiting'])

function attributesOf({ row, attempt, outcome, status, runId }: TracedCall) {
  return {
    'rowbot.row': row,
    'rowbot.attempt': attempt,
    'rowbot.outcome': outcome,
    'rowbot.row.status': status,
    ...(runId !== undefined && { 'dify.workflow_run_id': runId }),
  }
}

/** Seconds and billionths: OpenTelemetry takes a small number for `performance.now()`. */
function at(ms: number): TimeInput {
  return [Math.floor(ms / 1000), (ms % 1000) * 1e6]
}

interface SpanIds {
  traceId: string
  spanId: string
}

/** Of the task's own span. */
function idsOf(taskId: string): SpanIds {
  const hash = createHash('sha256').update(`rowbot task ${taskId}`).digest('hex')
  return { traceId: hash.slice(0, 32), spanId: hash.slice(32, 48) }
}

/** Random ids, unless those of the next span are given. The SDK asks for the span's id first. */
class GivenIds implements IdGenerator {
  next: SpanIds | undefined
  readonly #random = new RandomIdGenerator()

  generateSpanId(): string {
    return this.next?.spanId ?? this.#random.generateSpanId()
  }

  generateTraceId(): string {
    const { next } = this
    this.next = undefined
    return next?.traceId ?? this.#random.generateTraceId()
  }
}

/** The SDK tells nobody that a part could not be sent. */
function reporting(exporter: SpanExporter, onFault: (fault: unknown) => void): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        if (result.error) onFault(result.error)
        done(result)
      }),
    shutdown: () => exporter.shutdown(),
  }
}
