import { sentence } from '../workbook/fault-text.ts'
import type { LeftOutRow } from '../engine/task.ts'
import { type Fault, type FaultCode, OTHERS, SEVERITY } from '../workbook/fault.ts'
import type { FaultGroup } from '../workbook/types.ts'
import type { FaultParams } from '../messages/texts/zh/faults.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Line } from '../messages/prompt.ts'
import { bold } from '../messages/rich-text.ts'

const CELLS_NAMED = 5

/** What a person presses to do what a hint says. */
export type Way = 'columns' | 'rows' | 'reading' | 'columnsOrReading'
export type Ways = Partial<Record<Way, string>>

/** The faults and notes that can be dealt with here; all others need another file, or nothing. */
const WAYS: Partial<Record<FaultCode, Way>> = {
  'missing-column': 'columns',
  'ambiguous-column': 'columns',
  'near-column': 'columns',
  'missing-value': 'columns',
  'nothing-fed': 'columnsOrReading',
  'which-file-input': 'columns',
  'rows-above': 'rows',
  'two-heading-rows': 'rows',
  'below-table': 'rows',
  'too-many-cells': 'reading',
  'hidden-rows': 'reading',
  'guessed-encoding': 'reading',
}

/** The buttons of the check step. */
export function checkWays({ wizard: { buttons } }: Texts): Ways {
  return {
    columns: buttons.columns,
    rows: `${buttons.reading} → ${buttons.extent}`,
    reading: buttons.reading,
    columnsOrReading: `${buttons.columns} / ${buttons.reading}`,
  }
}

/** `D17, D102: “friendly” is not one of formal, casual. Did you mean “casual”?` */
export function faultLine(group: FaultGroup, texts: Texts, ways: Ways): Line {
  const where = whereOf({ ...group, cells: group.cells.slice(0, CELLS_NAMED) }, texts)
  return faultAt(where, group, texts, ways)
}

/** The same without the cells, for where they stand apart. */
export function faultAt(where: string, group: FaultGroup, texts: Texts, ways: Ways): Line {
  const { message, hint } = faultSentence(group, texts)
  const named = WAYS[group.code]
  const way = named && ways[named]
  if (way === undefined || hint === undefined) return [texts.wizard.fault(where, message, hint)]
  return [texts.wizard.fault(where, message, texts.wizard.way(hint)), bold(way)]
}

/** `D17, D102`, `Rows 7, 9`, the input whose one value for all rows it is; empty for what is about the whole sheet */
export function whereOf(
  { cells, count, input }: Pick<FaultGroup, 'cells' | 'count' | 'input'>,
  { wizard }: Texts,
): string {
  if (input !== undefined) return input
  if (cells.length === 0) return ''
  return cells.every((cell) => /^\d+$/.test(cell))
    ? wizard.rowsNamed(cells, count)
    : wizard.cells(cells, count)
}

/** A fault without a place, as it stands beside a field. */
export function faultText(fault: Fault, texts: Texts): string {
  const { code, ...params } = fault
  const { message, hint } = faultSentence({ code, params, ...sentence(fault) }, texts)
  return hint === undefined ? message : `${message} ${hint}`
}

/** Why a row was left out. What an older Rowbot has kept, or a newer one found, is said in English. */
export function leftOutText({ fault, found }: Pick<LeftOutRow, 'fault' | 'found'>, texts: Texts): string {
  if (!texts.faults || !found?.every(({ fault: { code } }) => Object.hasOwn(SEVERITY, code))) return fault
  return found
    .map(({ at, fault: one }) => {
      // it has a code of ours, and was a Fault when it was stored: see LeftOutRow
      const { code, ...params } = one as Fault
      const { message, hint } = faultSentence({ code, params, message: '' }, texts)
      return texts.wizard.fault(at, message, hint)
    })
    .join('')
}

function faultSentence(
  group: Pick<FaultGroup, 'code' | 'params' | 'message' | 'hint'>,
  { faults }: Texts,
): { message: string; hint?: string } {
  // The list of codes is closed: one without a message does not compile here.
  const sentences:
    | Record<FaultCode, (params: FaultParams) => { message: string; hint?: string }>
    | undefined = faults
  if (!sentences) return group
  const { value } = group.params
  // A fault has the parts that its code’s message needs: see workbook/fault.ts; test/wizard/faults.test.ts checks
  // all.
  const params = { ...group.params, ...(value === OTHERS && { value: '' }) } as unknown as FaultParams
  return sentences[group.code](params)
}
