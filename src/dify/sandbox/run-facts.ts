import type { SandboxRun } from './run.ts'

export const WORKFLOW_ID = '5a9d0b0c-0000-4000-8000-00005a9db0c5'

/** What a look-up, a blocking answer and the last event share. */
export function facts(run: SandboxRun) {
  return {
    status: run.status,
    outputs: run.outputs,
    error: run.error,
    elapsed_time: run.seconds,
    total_tokens: run.tokens,
    total_steps: 3,
    created_at: seconds(run.startedAt),
    finished_at: run.finishedAt === null ? null : seconds(run.finishedAt),
  }
}

export function usage(run: SandboxRun) {
  return {
    prompt_tokens: 0,
    prompt_unit_price: '0.000002',
    prompt_price_unit: '1',
    prompt_price: '0',
    completion_tokens: run.tokens,
    completion_unit_price: '0.000002',
    completion_price_unit: '1',
    completion_price: run.price.toFixed(7),
    total_tokens: run.tokens,
    total_price: run.price.toFixed(7),
    currency: 'USD',
    latency: run.seconds,
  }
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

/** In a chatflow and a completion one message is one run, and its ids may as well be the run's. */
export function chatIds(run: SandboxRun) {
  return { conversation_id: run.taskId, message_id: run.id, created_at: seconds(run.startedAt) }
}
