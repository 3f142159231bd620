import { type FaultCode, OTHERS } from '../workbook/fault.ts'
import type { FaultGroup } from '../workbook/types.ts'
import type { FaultParams } from '../messages/texts/zh/faults.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Line } from '../messages/prompt.ts'

const CELLS_NAMED = 5

/** `D17, D102: “friendly” is not one of formal, casual. Did you mean “casual”?` */
export function faultLine(group: FaultGroup, texts: Texts): Line {
  const { message, hint } = faultSentence(group, texts)
  const cells = group.cells.slice(0, CELLS_NAMED)
  const where = cells.length === 0 ? '' : texts.wizard.cells(cells, group.count)
  return [texts.wizard.fault(where, message, hint)]
}

/** What is wrong and what to do about it, without the cells. */
export function faultSentence(group: FaultGroup, { faults }: Texts): { message: string; hint?: string } {
  // The workbook's list is closed: a code without a sentence does not compile here.
  const sentences:
    | Record<FaultCode, (params: FaultParams) => { message: string; hint?: string }>
    | undefined = faults
  if (!sentences) return group
  const { value } = group.params
  // What a code's sentence needs, its fault has: workbook/fault.ts, and test/wizard/faults.test.ts goes through all.
  const params = { ...group.params, ...(value === OTHERS && { value: '' }) } as unknown as FaultParams
  return sentences[group.code](params)
}
