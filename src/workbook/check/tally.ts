import { SEVERITY, OTHERS, type Fault } from '../fault.ts'
import { sentence } from '../fault-text.ts'
import type { FaultGroup } from '../types.ts'

/** How many cells of a group are listed. */
const CELLS = 20
/** How many different values of a column get a line of their own; all others share one. */
const VALUES = 5

function orderOf({ fatal, note }: FaultGroup): number {
  return fatal ? 0 : note ? 2 : 1
}

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
  readonly #constants: FaultGroup[] = []
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

  /**
   * What is found in the one value that an input has for all rows: a fault of a cell is one of the whole sheet here.
   * @param input its label
   */
  addConstant(fault: Fault, input: string): void {
    const group = toFaultGroup({ fault, count: 1, cells: [] })
    this.#constants.push({ ...group, fatal: !group.note, input })
  }

  /** No row can run, because of the sheet. */
  get isStopped(): boolean {
    const ofSheet = this.#groups.values().some(({ fault }) => SEVERITY[fault.code] === 'sheet')
    return ofSheet || this.#constants.some(({ fatal }) => fatal)
  }

  /** Most severe first, then most frequent. */
  groups(): FaultGroup[] {
    const groups = [...this.#groups.values().map(toFaultGroup), ...this.#constants]
    return groups.toSorted((a, b) => orderOf(a) - orderOf(b) || b.count - a.count)
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
