import type { GivenFile } from '../engine/files.ts'
import type { Variable, Workflow } from '../engine/workflow.ts'
import { DistinctNames } from '../files/file-names.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { textOfLines } from '../messages/rich-text.ts'
import { defaultOf } from '../workbook/check/defaults.ts'
import { headingKey } from '../workbook/check/heading-keys.ts'
import { columnName } from '../workbook/read/value.ts'
import type { Reading, UploadFile } from '../workbook/types.ts'
import type { NamedMapping } from './columns.ts'
import type { Inspection } from './draft.ts'
import { faultAt } from './faults.ts'

/** What somebody gives for one row: texts and files by the names of the inputs. */
export interface RowGiven {
  values: Record<string, string>
  files: ReadonlyMap<string, GivenFile[]>
}

/**
 * The row as a CSV file of two lines, its heading and itself: what checks, limits and runs an uploaded sheet does so here,
 * and there is no second way to start a task.
 */
export interface OneRow {
  file: UploadFile
  reading: Reading
  /** inputs that are given nothing have no column, so that the workflow’s own default is used */
  mapping: NamedMapping
  /** the input of each column, first to last; undefined: the column is there only because a row needs a cell */
  inputs: (string | undefined)[]
}

/** The inputs that need a value and are given none. */
export function missingInputs({ variables }: Pick<Workflow, 'variables'>, given: RowGiven): Variable[] {
  return variables.filter((one) => one.required && defaultOf(one) === undefined && !hasValue(one, given))
}

/** @param rowHeading of the column of a row for which nothing is given */
export function oneRowOf(
  { variables }: Pick<Workflow, 'variables'>,
  given: RowGiven,
  { fileName, rowHeading }: { fileName: string; rowHeading: string },
): OneRow {
  const files: GivenFile[] = []
  const distinct = new DistinctNames()
  // No prototype: an input may be called __proto__.
  const mapping: NamedMapping = Object.create(null)
  for (const { name } of variables) mapping[name] = null
  const headings: string[] = []
  const cells: string[] = []
  const inputs: OneRow['inputs'] = []
  for (const variable of variables) {
    if (!hasValue(variable, given)) continue
    const sent = (given.files.get(variable.name) ?? []).map((file) => ({
      ...file,
      name: distinct.take(file.name),
    }))
    files.push(...sent)
    const heading = freeHeading(variable, headings)
    mapping[variable.name] = heading
    headings.push(heading)
    cells.push(
      [given.values[variable.name]?.trim() ?? '', ...sent.map((file) => file.name)]
        .filter(Boolean)
        .join(', '),
    )
    inputs.push(variable.name)
  }
  if (headings.length === 0) {
    headings.push(rowHeading)
    cells.push('1')
    inputs.push(undefined)
  }
  const text = [headings, cells].map((line) => `${line.map(quoted).join(',')}\r\n`).join('')
  const bytes = new TextEncoder().encode(`\uFEFF${text}`)
  return {
    file: { name: fileName, bytes, files },
    reading: { headingRow: 1, headingRows: 1, encoding: 'utf-8', delimiter: ',' },
    mapping,
    inputs,
  }
}

/** What is wrong with the row, by input; `whole`: what is about none of them. */
export function rowFaults(
  { inputs }: OneRow,
  { faults }: Pick<Inspection, 'faults'>,
  texts: Texts,
): { byInput: Map<string, string>; whole: string | undefined } {
  const byInput = new Map<string, string>()
  const whole: string[] = []
  for (const group of faults.filter(({ note }) => !note)) {
    const text = textOfLines([faultAt('', group, texts, {})])
    const column = inputs.findIndex((_, i) => group.cells.includes(`${columnName(i)}2`))
    const input = inputs[column] ?? undefined
    if (input === undefined) whole.push(text)
    else byInput.set(input, [byInput.get(input), text].filter(Boolean).join(' '))
  }
  return { byInput, whole: whole.length > 0 ? whole.join(' ') : undefined }
}

function hasValue({ name }: Variable, { values, files }: RowGiven): boolean {
  const text = Object.hasOwn(values, name) ? (values[name] ?? '') : ''
  return text.trim() !== '' || (files.get(name) ?? []).length > 0
}

/** No two headings are the same to the reader of sheets. */
function freeHeading({ label, name }: Variable, taken: string[]): string {
  const keys = new Set(taken.map(headingKey))
  const isFree = (heading: string) => headingKey(heading) !== '' && !keys.has(headingKey(heading))
  const found = [label.trim(), name].find(isFree)
  if (found !== undefined) return found
  for (let n = 2; ; n++) if (isFree(`${name} ${n}`)) return `${name} ${n}`
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`
}
