import type { SandboxRun } from './run.ts'

export const WORKFLOW_ID = '5a9d0b0c-0000-4000-8000-00005a9db0c5'

/** The fields that a look-up, a blocking answer and the last event have in common. */
export function facts(run: SandboxRun) {
  return {
    status: run.status,
    outputs: run.outputs,
    error: run.error,
    elapsed_time: run.seconds,
    total_tokens: run.tokens,
    total_steps: run.status === 'running' ? 0 : run.isGood ? 3 : 2,
    created_at: seconds(run.startedAt),
    finished_at: run.finishedAt === null ? null : seconds(run.finishedAt),
  }
}

export function exceptions({ status }: SandboxRun): number {
  return status === 'failed' || status === 'partial-succeeded' ? 1 : 0
}

/** The row's values, and the ones that Dify adds. */
export function allInputs(run: SandboxRun): Record<string, unknown> {
  return {
    ...run.inputs,
    ...(run.isChat && { 'sys.query': run.query, 'sys.dialogue_count': 1 }),
    'sys.files': run.files,
    'sys.user_id': run.user,
    'sys.app_id': run.app.key,
    'sys.workflow_id': run.version,
    'sys.workflow_run_id': run.id,
  }
}

/** With the times of its parts where a worker ran it, and in a blocking answer. */
export function usage(run: SandboxRun, withTimes: boolean) {
  return {
    prompt_tokens: 0,
    prompt_unit_price: '2',
    prompt_price_unit: '0.000001',
    prompt_price: '0E-7',
    completion_tokens: run.tokens,
    completion_unit_price: '2',
    completion_price_unit: '0.000001',
    completion_price: run.price,
    total_tokens: run.tokens,
    total_price: run.price,
    currency: run.currency,
    latency: run.seconds,
    ...(withTimes && { time_to_first_token: null, time_to_generate: null }),
  }
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** On every event of an app that answers by messages. A completion has no conversation. */
export function messageIds(run: SandboxRun) {
  return {
    ...(run.isChat && { conversation_id: run.conversationId }),
    message_id: run.messageId,
    created_at: seconds(run.startedAt),
  }
}
