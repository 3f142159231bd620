import { say, type FaultTexts } from './words.ts'

/** Of rows, and of the workbook as it was read. */
export const ROWS = {
  'only-column': (fault) => say(`“${fault.heading}” is the only column, so it feeds “${fault.label}”.`),
  'only-constants': () =>
    say(
      'No column feeds an input, so every row asks the same.',
      'If that is not meant, choose the columns or another sheet.',
    ),
  'hidden-rows': () => say('Hidden rows are included.', 'To leave them out, choose only visible rows.'),
  'merged-cells': () =>
    say(
      'Cells are merged over several rows: only the first of those rows has the value.',
      'Unmerge them and fill in every row.',
    ),
  'web-page': () =>
    say(
      'The file is a web page named .xls: its table was read, with every cell as text.',
      'If that is not what you expect, open it in Excel and save it as .xlsx.',
    ),
  'covered-value': () =>
    say('A value is hidden under merged cells and is not sent.', 'To send it, unmerge the cells.'),
  'unlike-row': () =>
    say(
      'The row looks like a sum, a heading, a remark or another table. It runs all the same.',
      'To leave it out, choose the rows that run.',
    ),
  'totals-row': () => say('The row holds the table’s totals and is left out.'),
  'below-table': () =>
    say('Rows below the table are left out.', 'If they are data, choose the last row of the table.'),
  'hidden-rows-left-out': () => say('Hidden rows are left out.'),
  'rows-left-out': () => say('Rows that are not among the chosen ones are left out.'),
  macros: () => say('The workbook has macros. They do not run, and the result will not have them.'),
  'guessed-encoding': (fault) =>
    say(
      `The text was read as ${fault.encoding}, which is a guess.`,
      'If letters in the preview are wrong, save the file as “CSV UTF-8”, or choose another encoding.',
    ),
} satisfies Partial<FaultTexts>
