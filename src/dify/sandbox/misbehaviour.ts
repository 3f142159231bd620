import { FAULTS, type SandboxFault, type FaultName, isFaultName } from './sandbox-fault.ts'

export const ROUTES = ['run', 'detail', 'logs', 'stop', 'upload', 'about', 'messages', 'form'] as const
export type SandboxRoute = (typeof ROUTES)[number]

/** A call as a rule sees it. Only a run has inputs. */
export interface ApiCall {
  route: SandboxRoute
  app: string
  user: string
  inputs: Record<string, unknown>
  query: string
}

export type Rule = (call: ApiCall) => SandboxFault | FaultName | undefined

export interface PlannedFault {
  fault: SandboxFault | FaultName
  /** only this app; default: every app */
  app?: string
  /** which call goes wrong; default: a run */
  route?: SandboxRoute
  /** how many of the next calls; default: 1 */
  times?: number
  /** 3: only every third of these calls goes wrong; default: each of them */
  every?: number
}

/**
 * Decides which call goes wrong, and how: by a planned fault first, then by the rule, then by a marker in the inputs.
 */
export class Misbehaviour {
  #planned: Planned[] = []
  #rule: Rule | undefined
  readonly #seen = new Map<string, number>()

  plan({ fault, app, route = 'run', times = 1, every = 1 }: PlannedFault): void {
    this.#planned.push({ fault: faultOf(fault), app, route, left: times, every, seen: 0 })
  }

  rule(rule: Rule): void {
    this.#rule = rule
  }

  clear(): void {
    this.#planned = []
    this.#rule = undefined
    this.#seen.clear()
  }

  faultFor(call: ApiCall): SandboxFault | undefined {
    return this.#plannedFor(call) ?? this.#ruled(call) ?? this.#marked(call)
  }

  #plannedFor({ route, app }: ApiCall): SandboxFault | undefined {
    if (this.#planned.length === 0) return undefined
    const planned = this.#planned.find(
      (one) => one.route === route && (one.app === undefined || one.app === app),
    )
    if (!planned) return undefined
    planned.seen += 1
    if (planned.seen % planned.every !== 0) return undefined
    planned.left -= 1
    if (planned.left <= 0) this.#planned = this.#planned.filter((one) => one !== planned)
    return planned.fault
  }

  #ruled(call: ApiCall): SandboxFault | undefined {
    const fault = this.#rule?.(call)
    return fault === undefined ? undefined : faultOf(fault)
  }

  #marked({ route, app, inputs, query }: ApiCall): SandboxFault | undefined {
    if (route !== 'run') return undefined
    const marker = markerIn(inputs, query)
    if (marker?.times === undefined) return marker?.fault
    const row = `${app} ${JSON.stringify(inputs)} ${query}`
    const seen = (this.#seen.get(row) ?? 0) + 1
    this.#seen.set(row, seen)
    return seen <= marker.times ? marker.fault : undefined
  }
}

interface Planned {
  fault: SandboxFault
  app: string | undefined
  route: SandboxRoute
  left: number
  every: number
  /** calls that it could have been for, so far */
  seen: number
}

function faultOf(fault: SandboxFault | FaultName): SandboxFault {
  return typeof fault === 'string' ? FAULTS[fault] : fault
}

interface Marker {
  text: string
  fault: SandboxFault
  /** for how many calls of one row; default: for all of them */
  times?: number
}

/**
 * Finds a marker for a fault in a row's inputs, so that a person can try faults from a workbook:
 * `[sandbox: 429]`, `[sandbox: delay=500, cut]`, `[sandbox: 429, retry-after=3, times=1]`, `[sandbox: queued=3000]`.
 * Unknown words are ignored.
 */
export function markerIn(inputs: Record<string, unknown>, query = ''): Marker | undefined {
  for (const value of [...Object.values(inputs), query]) {
    if (typeof value !== 'string' || !value.includes('[sandbox:')) continue
    const words = /\[sandbox:([^\]]*)\]/.exec(value)?.[1]
    if (words !== undefined) return marker(words)
  }
  return undefined
}

function marker(text: string): Marker {
  const fault: SandboxFault = {}
  let times: number | undefined
  for (const word of text.split(',').map((part) => part.trim().toLowerCase())) {
    const [name = '', value = ''] = word.split('=').map((part) => part.trim())
    if (name === 'queued' && Number(value) > 0) fault.queuedMs = Number(value)
    else if (isFaultName(name)) Object.assign(fault, FAULTS[name])
    else if (name === 'expires' && Number(value) >= 0) fault.expiresMs = Number(value)
    else if (name === 'delay' && Number(value) >= 0) fault.delayMs = Number(value)
    else if (name === 'times' && Number(value) >= 1) times = Number(value)
    else if (name === 'retry-after' && fault.refuse) {
      fault.refuse = { ...fault.refuse, retryAfter: value }
    }
  }
  return { text, fault, ...(times !== undefined && { times }) }
}
