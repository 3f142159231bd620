import { count, quotedList, say, type FaultTexts } from './words.ts'

/** Of the sheet, its headings and what feeds the inputs. */
export const SHEET = {
  'no-rows': () =>
    say('The sheet has no rows below its headings.', 'Fill in at least one row, or choose another sheet.'),
  'missing-column': (fault) =>
    say(
      `There is no column for “${fault.label}”, which is required.`,
      fault.guess
        ? `Is it “${fault.guess}”? Rename it, or choose the column.`
        : 'Add it, choose the column, or give one value for all rows.',
    ),
  'ambiguous-column': (fault) =>
    say(
      `More than one column could be “${fault.label}”: ${fault.columns.join(', ')}.`,
      'Rename the others, or choose one of them.',
    ),
  'near-column': (fault) =>
    say(
      `No column is headed “${fault.label}”. Is it “${fault.heading}”?`,
      'Choose the column, or leave the input empty.',
    ),
  'nothing-fed': () =>
    say(
      'No column of this sheet feeds an input.',
      'Choose the columns, another sheet or another heading row.',
    ),
  'missing-value': (fault) =>
    say(`“${fault.label}” is required, and files alone do not give it.`, 'Give one value for all rows.'),
  'no-file-input': () =>
    say(
      'The workflow has no input that takes files.',
      'Choose another workflow, or send a sheet with the files.',
    ),
  'which-file-input': (fault) =>
    say(
      `The files could feed more than one input: ${fault.labels.join(', ')}.`,
      'Choose the column “File” for one of them.',
    ),
  'two-sheets': (fault) =>
    say(
      `${quotedList(fault.sheets)} ${fault.sheets.length === 2 ? 'both' : 'all'} fit the workflow; “${fault.sheet}” is shown.`,
      'Choose the sheet to run.',
    ),
  'rows-above': (fault) =>
    say(
      `Row ${count(fault.row)} has the headings, but ${count(fault.count)} filled ${fault.count === 1 ? 'row is above it and' : 'rows are above it and'} would not run.`,
      'Choose the heading row.',
    ),
  'two-heading-rows': (fault) =>
    say(
      `Row ${count(fault.row)} looks like groups over the headings in row ${count(fault.next)}.`,
      `Choose row ${count(fault.next)} as the heading row, or both rows.`,
    ),
} satisfies Partial<FaultTexts>
