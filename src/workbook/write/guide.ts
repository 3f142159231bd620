import type ExcelJS from 'exceljs'
import type { AppDescription } from '../../engine/workflow.ts'
import { exampleOf } from './example.ts'
import { defaultOf, ruleOf } from './rule.ts'
import { GUIDE_NAME } from '../read/book.ts'
import { toCell } from './to-cell.ts'

/** Adds the sheet that says how to fill in the data sheet, with an example of every input. */
export function addGuide(workbook: ExcelJS.Workbook, workflow: AppDescription, headings: string[]): void {
  const sheet = workbook.addWorksheet('Guide')
  sheet.columns = [{ width: 28 }, { width: 24 }, { width: 48 }, { width: 32 }, { width: 20 }, { width: 60 }]
  const lines: unknown[][] = [
    [workflow.name],
    [workflow.description],
    [],
    ['Fill in the sheet “Data”, one row for each run, from its second row on.'],
    [
      'Columns marked * are required. Columns of your own may stand beside them: they are kept in the result.',
    ],
    ['Keep the headings; their order does not matter. This sheet is never run.'],
    [],
    ['Column', 'Example', 'What it takes', 'If left empty', 'Variable', 'Description'],
    ...workflow.variables.map((variable, i) => [
      headings[i],
      exampleOf(variable),
      ruleOf(variable),
      variable.required ? 'the row cannot run' : defaultOf(variable) || '–',
      variable.name,
      variable.description ?? '',
    ]),
  ]
  workbook.definedNames.add(`${sheet.name}!$A$1`, GUIDE_NAME)
  for (const line of lines) {
    const row = sheet.addRow(line.map((value) => toCell(value).value))
    if (line[0] === 'Column' || row.number === 1) row.font = { bold: true }
    row.alignment = { vertical: 'top', wrapText: line.length > 1 }
  }
}
