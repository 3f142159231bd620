import ExcelJS from 'exceljs'
import { lengthLimit, type Variable, type AppDescription } from '../../engine/workflow.ts'
import { headingKey } from '../check/heading-keys.ts'
import { labelled } from '../check/headings.ts'
import { addGuide } from './guide.ts'
import { ruleOf } from './rule.ts'
import { toCell } from './to-cell.ts'

/** The last row that gets drop-downs and limits. */
const LAST_ROW = 5_001
/** Excel’s limit for a list of options inside the rule itself. */
const MAX_INLINE_LIST = 255

/**
 * A template for a workflow: the empty sheet “Data” with headings, drop-downs, limits and comments, and the sheet
 * “Guide” with each input’s rule and an example, which is never run as data.
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

/** The labels, or names where labels alone are ambiguous; with a star if required. */
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
  // As text, 00123 keeps its zeros and 3-4 does not become a date.
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
  const limit = lengthLimit(variable)
  if (!isText || limit === undefined) return undefined
  return { ...prompts, type: 'textLength', operator: 'lessThanOrEqual', formulae: [limit] }
}

/** The options inside the rule; if they do not fit there, in a hidden sheet that the rule refers to. */
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

/** exceljs can set a rule for a whole range, but its types do not say so. */
function validations(sheet: ExcelJS.Worksheet): { add(range: string, rule: ExcelJS.DataValidation): void } {
  const { dataValidations } = sheet as unknown as {
    dataValidations: { add(range: string, rule: ExcelJS.DataValidation): void }
  }
  return dataValidations
}
