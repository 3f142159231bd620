import type { Cell } from '../engine/task.ts'
import type { Workflow } from '../engine/workflow.ts'
import { GRAVITY } from '../workbook/fault.ts'
import { matchHeadings } from '../workbook/check/headings.ts'
import type { Limits } from '../workbook/limits.ts'
import type { CheckOptions, UploadFile } from '../workbook/types.ts'
import { checkUpload } from '../workbook/workbook.ts'
import type { Look, State } from './draft.ts'

const FAULTS_KEPT = 12
const PREVIEW_CHARS = 120

/** @throws UserError where the file cannot be read */
export async function lookAt(file: UploadFile, options: CheckOptions, limits: Limits): Promise<Look> {
  const check = await checkUpload(file, options, limits)
  return {
    ...check,
    preview: check.preview.map(({ row, cells }) => ({ row, cells: cells.map(shown) })),
    faults: check.faults.slice(0, FAULTS_KEPT),
    moreFaults: Math.max(0, check.faults.length - FAULTS_KEPT),
  }
}

/** How the workbook is to be read, by what was answered. */
export function optionsOf(
  { sheet, headingRow, mapping }: Pick<State, 'sheet' | 'headingRow' | 'mapping'>,
  workflow: Workflow | undefined,
): CheckOptions {
  return {
    ...(sheet !== undefined && { sheet }),
    ...(headingRow !== undefined && { headingRow }),
    ...(workflow && { variables: workflow.variables, mapping }),
  }
}

/** Whether the columns feed every input that the workflow needs. */
export function fits(headings: string[], { variables }: Workflow): boolean {
  const match = matchHeadings(headings, variables)
  const isFed = Object.values(match.mapping).some((column) => column !== null)
  return isFed && match.faults.every(({ fault }) => GRAVITY[fault.code] !== 'sheet')
}

function shown(cell: Cell): string {
  const line = String(cell ?? '').replaceAll(/\s+/g, ' ')
  return line.length > PREVIEW_CHARS ? `${line.slice(0, PREVIEW_CHARS)}…` : line
}
