import { SEVERITY, OTHERS, type Fault } from '../fault.ts'
import { sentence } from '../fault-text.ts'
import type { FaultGroup } from '../types.ts'

/** How many cells of a group are listed. */
const CELLS = 20
/** How many different values of a column get a line of their own; all others share one. */
const VALUES = 5

const ORDER = { sheet: 0, row: 1, nothing: 2 } as const

interface Group {
  fault: Fault
  count: number
  cells: string[]
}

/**
 * Groups faults, so that five thousand equal ones are one line with a count. Its memory does not grow with their
 * number.
 */
export class Tally {
  readonly #groups = new Map<string, Group>()
  readonly #values = new Map<string, number>()

  /** @param cell `C7`, or `7` for a whole row; absent for the sheet as a whole */
  add(fault: Fault, cell?: string): void {
    const key = this.#keyOf(fault)
    let group = this.#groups.get(key)
    if (!group) {
      group = { fault: key.endsWith(OTHERS) ? withoutValue(fault) : fault, count: 0, cells: [] }
      this.#groups.set(key, group)
    }
    group.count++
    if (cell !== undefined && group.cells.length < CELLS) group.cells.push(cell)
    if ('length' in fault && 'length' in group.fault && fault.length !== group.fault.length) {
      group.fault = { ...group.fault, length: Math.max(fault.length, group.fault.length), upTo: true }
    }
  }

  /** No row can run, because of the sheet. */
  get isStopped(): boolean {
    return this.#groups.values().some(({ fault }) => SEVERITY[fault.code] === 'sheet')
  }

  /** Most severe first, then most frequent. */
  groups(): FaultGroup[] {
    return [...this.#groups.values()]
      .toSorted((a, b) => ORDER[SEVERITY[a.fault.code]] - ORDER[SEVERITY[b.fault.code]] || b.count - a.count)
      .map(toFaultGroup)
  }

  #keyOf(fault: Fault): string {
    const service = 'service' in fault ? fault.service : ''
    const owner = `${fault.code}\n${'label' in fault ? fault.label : ''}\n${service}`
    const value =
      'value' in fault
        ? fault.value
        : 'where' in fault
          ? fault.where
          : 'heading' in fault
            ? fault.heading
            : ''
    const key = `${owner}\n${value}`
    if (value === '' || this.#groups.has(key)) return key
    const values = this.#values.get(owner) ?? 0
    if (values >= VALUES) return `${owner}\n${OTHERS}`
    this.#values.set(owner, values + 1)
    return key
  }
}

function toFaultGroup({ fault, count, cells }: Group): FaultGroup {
  const { code, ...params } = fault
  const severity = SEVERITY[code]
  return {
    code,
    params,
    ...sentence(fault),
    fatal: severity === 'sheet',
    note: severity === 'nothing',
    count,
    cells,
  }
}

function withoutValue(fault: Fault): Fault {
  if (!('value' in fault)) return fault
  const bare: Fault = { ...fault, value: OTHERS }
  if ('guess' in bare) delete bare.guess
  return bare
}
