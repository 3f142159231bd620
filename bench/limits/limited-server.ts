import type { FaultName, SandboxFault } from '../../src/dify/sandbox/sandbox-fault.ts'
import { type Sandbox, startSandbox } from '../../src/dify/sandbox/start-sandbox.ts'

/** What a server lets in, in its own time: a minute is `minuteMs`. */
export interface ServerLimits {
  /** calls in any minute */
  calls?: number
  /** tokens in any minute */
  tokens?: number
  atOnce?: number
  /** it turns everything away then, from the first call on */
  outage?: { fromMs: number; toMs: number }
}

export interface Scale {
  minuteMs: number
  callMs: number
  /** that a row takes */
  tokens: number
}

const TOO_MANY: SandboxFault = {
  refuse: { status: 429, code: 'rate_limited', message: 'Too many requests. Please try again later.' },
}
const TOO_MANY_TOKENS: SandboxFault = {
  refuse: {
    status: 429,
    code: 'rate_limited',
    message: 'Rate limit reached for the model on tokens per min (TPM). Please try again later.',
  },
}

/** A sandbox with limits, and not a word on when more is let in. */
export function startLimitedServer(limits: ServerLimits, { minuteMs, callMs, tokens }: Scale): Sandbox {
  const { atOnce } = limits
  const sandbox = startSandbox({ delayMs: callMs, ...(atOnce !== undefined && { maxConcurrent: atOnce }) })
  const admitted: number[] = []
  let firstAt: number | undefined
  sandbox.misbehaveBy(({ route }): SandboxFault | FaultName | undefined => {
    if (route !== 'run') return undefined
    const now = performance.now()
    firstAt ??= now
    const inMinute = admitted.filter((at) => at > now - minuteMs).length
    const { calls, tokens: most, outage } = limits
    if (outage && now - firstAt >= outage.fromMs && now - firstAt < outage.toMs) return TOO_MANY
    if (calls !== undefined && inMinute >= calls) return TOO_MANY
    if (most !== undefined && (inMinute + 1) * tokens > most) return TOO_MANY_TOKENS
    if (atOnce === undefined) admitted.push(now)
    return undefined
  })
  return sandbox
}
