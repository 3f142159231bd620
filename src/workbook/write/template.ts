import ExcelJS from 'exceljs'
import type { Variable, AppDescription } from '../../engine/workflow.ts'
import { headingKey, labelled } from '../check/headings.ts'
import { addGuide } from './guide.ts'
import { ruleOf } from './rule.ts'
import { toCell } from './to-cell.ts'

/** Rows that get the drop-downs and limits. */
const LAST_ROW = 5_001
/** Excel takes no more characters in a list that stands in the rule itself. */
const MAX_INLINE_LIST = 255

/**
 * A workbook to fill in for a workflow: the sheet “Data” with its headings, drop-downs, limits and comments and no row,
 * and the sheet “Guide” with the rules and an example of each input, where it can never run as data.
 */
export async function template(workflow: AppDescription): Promise<Uint8Array> {
  const workbook = new ExcelJS.Workbook()
  const data = workbook.addWorksheet('Data', { views: [{ state: 'frozen', ySplit: 1 }] })
  const variables = labelled(workflow.variables)
  const headings = headingsFor(variables)
  variables.forEach((variable, i) => addColumn(workbook, data, i + 1, headings[i] ?? '', variable))
  addGuide(workbook, workflow, headings)
  return new Uint8Array(await workbook.xlsx.writeBuffer())
}

/** The label, or the name where the label alone would not tell; with a star where it is required. */
export function headingsFor(variables: Variable[]): string[] {
  const uses = new Map<string, number>()
  for (const { name, label } of variables) {
    for (const key of new Set([headingKey(name), headingKey(label)])) uses.set(key, (uses.get(key) ?? 0) + 1)
  }
  return variables.map(({ name, label, required }) => {
    const isClear = headingKey(label) !== '' && uses.get(headingKey(label)) === 1
    return `${isClear ? label : name}${required ? ' *' : ''}`
  })
}

function addColumn(
  workbook: ExcelJS.Workbook,
  sheet: ExcelJS.Worksheet,
  index: number,
  heading: string,
  variable: Variable,
): void {
  const column = sheet.getColumn(index)
  column.width =
    variable.type === 'paragraph' || variable.type === 'json_object' ? 48 : Math.max(16, heading.length + 4)
  // As text, 00123 keeps its zeros and 3-4 is not made a date.
  if (variable.type !== 'number') column.numFmt = '@'
  const cell = sheet.getCell(1, index)
  cell.value = toCell(heading).value
  cell.style = {
    font: { bold: true },
    fill: {
      type: 'pattern',
      pattern: 'solid',
      fgColor: { argb: variable.required ? 'FFFFE9C7' : 'FFE8EEF4' },
    },
    numFmt: '@',
  }
  cell.note = [variable.description, ruleOf(variable)].filter(Boolean).join('\n')
  const validation = validationFor(workbook, variable)
  if (validation) validations(sheet).add(`${column.letter}2:${column.letter}${LAST_ROW}`, validation)
}

function validationFor(workbook: ExcelJS.Workbook, variable: Variable): ExcelJS.DataValidation | undefined {
  const prompts = {
    allowBlank: true,
    showErrorMessage: true,
    errorTitle: variable.label.slice(0, 32),
    error: ruleOf(variable).slice(0, 255),
  }
  if (variable.type === 'select' && variable.options?.length) {
    return { ...prompts, type: 'list', formulae: [listOf(workbook, variable.options)] }
  }
  if (variable.type === 'checkbox') return { ...prompts, type: 'list', formulae: ['"yes,no"'] }
  if (variable.type === 'number') {
    return { ...prompts, type: 'decimal', operator: 'between', formulae: [-1e300, 1e300] }
  }
  const isText = variable.type === 'text-input' || variable.type === 'paragraph'
  if (!isText || !variable.maxLength || variable.maxLength <= 0) return undefined
  return { ...prompts, type: 'textLength', operator: 'lessThanOrEqual', formulae: [variable.maxLength] }
}

/** The options in the rule itself; where they do not fit there, in a hidden sheet that the rule points to. */
function listOf(workbook: ExcelJS.Workbook, options: string[]): string {
  const inline = options.join(',')
  if (inline.length <= MAX_INLINE_LIST && !options.some((option) => /[,"]|^\s|\s$/.test(option)))
    return `"${inline}"`
  const sheet = workbook.getWorksheet('Lists') ?? workbook.addWorksheet('Lists', { state: 'veryHidden' })
  const column = sheet.getColumn(sheet.actualColumnCount + 1)
  options.forEach((option, i) => {
    const cell = sheet.getCell(i + 1, column.number)
    cell.value = toCell(option).value
    cell.numFmt = '@'
  })
  return `Lists!$${column.letter}$1:$${column.letter}$${options.length}`
}

/** exceljs has a rule for a whole range at once, but only its source says so, not its types. */
function validations(sheet: ExcelJS.Worksheet): { add(range: string, rule: ExcelJS.DataValidation): void } {
  const { dataValidations } = sheet as unknown as {
    dataValidations: { add(range: string, rule: ExcelJS.DataValidation): void }
  }
  return dataValidations
}
