import { FAULTS, isFaultName, type Fault } from './fault.ts'

interface Marker {
  text: string
  fault: Fault
  /** for how many calls of one row it holds; for ever where it does not say */
  times?: number
}

/**
 * Finds a wish to misbehave in a row's inputs, so that a person can try it from a workbook:
 * `[sandbox: 429]`, `[sandbox: delay=500, cut]`, `[sandbox: 429, retry-after=3, times=1]`.
 * Words that mean nothing are passed over.
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
  const fault: Fault = {}
  let times: number | undefined
  for (const word of text.split(',').map((part) => part.trim().toLowerCase())) {
    const [name = '', value = ''] = word.split('=').map((part) => part.trim())
    if (isFaultName(name)) Object.assign(fault, FAULTS[name])
    else if (name === 'delay' && Number(value) >= 0) fault.delayMs = Number(value)
    else if (name === 'times' && Number(value) >= 1) times = Number(value)
    else if (name === 'retry-after' && fault.refuse) {
      fault.refuse = { ...fault.refuse, retryAfter: value }
    }
  }
  return { text, fault, ...(times !== undefined && { times }) }
}
