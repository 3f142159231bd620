import type { FileType } from '../engine/task.ts'
import { type Fault, OTHERS } from './fault.ts'

/** What is wrong and, if it is not obvious, what to do. The cells are shown in front of it. */
export function sentence(fault: Fault): { message: string; hint?: string } {
  switch (fault.code) {
    case 'no-rows':
      return say(
        'The sheet has no rows below its headings.',
        'Fill in at least one row, or choose another sheet.',
      )
    case 'missing-column':
      return say(
        `There is no column for “${fault.label}”, which is required.`,
        fault.guess
          ? `Is it “${fault.guess}”? Rename it, or choose the column.`
          : 'Add it, choose the column, or give one value for all rows.',
      )
    case 'ambiguous-column':
      return say(
        `More than one column could be “${fault.label}”: ${fault.columns.join(', ')}.`,
        'Rename the others, or choose one of them.',
      )
    case 'near-column':
      return say(
        `No column is headed “${fault.label}”. Is it “${fault.heading}”?`,
        'Choose the column, or leave the input empty.',
      )
    case 'nothing-fed':
      return say(
        'No column of this sheet feeds an input.',
        'Choose the columns, another sheet or another heading row.',
      )
    case 'missing-value':
      return say(
        `“${fault.label}” is required, and files alone do not give it.`,
        'Give one value for all rows.',
      )
    case 'no-file-input':
      return say(
        'The workflow has no input that takes files.',
        'Choose another workflow, or send a sheet with the files.',
      )
    case 'which-file-input':
      return say(
        `The files could feed more than one input: ${fault.labels.join(', ')}.`,
        'Choose the column “File” for one of them.',
      )
    case 'two-sheets':
      return say(
        `${quotedList(fault.sheets)} ${fault.sheets.length === 2 ? 'both' : 'all'} fit the workflow; “${fault.sheet}” is shown.`,
        'Choose the sheet to run.',
      )
    case 'rows-above':
      return say(
        `Row ${count(fault.row)} has the headings, but ${count(fault.count)} filled ${fault.count === 1 ? 'row is above it and' : 'rows are above it and'} would not run.`,
        'Choose the heading row.',
      )
    case 'two-heading-rows':
      return say(
        `Row ${count(fault.row)} looks like groups over the headings in row ${count(fault.next)}.`,
        `Choose row ${count(fault.next)} as the heading row, or both rows.`,
      )
    case 'required':
      return say(`${fault.label} is empty, and it is required.`)
    case 'refused-default':
      return say(
        `${fault.label} is empty, and the app’s default is not one of its options.`,
        'Fill in one of them.',
      )
    case 'required-picture':
      return say(
        `The cell holds a picture; ${fault.label} is required.`,
        'Type the value instead or, for a file, its address.',
      )
    case 'too-long':
      return say(`${most(fault)} characters; ${fault.label} takes ${count(fault.max)}.`)
    case 'not-an-option':
      return say(`${quote(fault.value)} is not one of ${list(fault.options)}.`, didYouMean(fault.guess))
    case 'not-a-number':
      return say(`${quote(fault.value)} is not a number; ${fault.label} takes one.`, didYouMean(fault.guess))
    case 'not-yes-or-no':
      return say(
        `${quote(fault.value)} is neither yes nor no.`,
        `${fault.label} takes yes or no, true or false, 1 or 0.`,
      )
    case 'not-json':
      return say(
        `${quote(fault.value)} is not JSON.`,
        fault.curlyQuotes
          ? 'JSON takes straight quotation marks ("), not curly ones (“ ”).'
          : 'Write an object, such as {"colour": "red"}.',
      )
    case 'not-a-json-object':
      return say(`${quote(fault.value)} is not a JSON object.`, 'Write an object, such as {"colour": "red"}.')
    case 'json-schema':
      return say(`${fault.label}${fault.where ? `, at ${fault.where}` : ''}: ${fault.problem}.`)
    case 'not-an-address':
      return say(
        `${quote(fault.value)} is not the address of a file.`,
        'Give an address that begins with https://.',
      )
    case 'not-https':
      return say(`${quote(fault.value)} does not begin with https://.`, 'Give an address that does.')
    case 'share-folder':
      return say(
        `${quote(fault.value)} is a link to a folder of ${fault.service}.`,
        'Give the link of the file itself.',
      )
    case 'share-page':
      return say(
        `${quote(fault.value)} opens a page of ${fault.service}, not a file.`,
        'Give an address that downloads the file.',
      )
    case 'file-type':
      return say(`${quote(fault.value)} is not a file that ${fault.label} takes: ${list(fault.allowed)}.`)
    case 'no-such-file':
      return say(
        `No file named ${quoteFile(fault.value)} came along with the sheet (${fault.count === 1 ? '1 file' : `${count(fault.count)} files`} did).`,
        didYouMean(fault.guess) ?? 'Send it along, or correct the name.',
      )
    case 'no-files':
      return say(
        `${quoteFile(fault.value)} is the name of a file, and no files came along with the sheet.`,
        'Send the file along with the sheet, or give an address that begins with https://.',
      )
    case 'file-twice':
      return say(
        `${quoteFile(fault.value)} is there more than once: ${list(fault.paths)}.`,
        'Write the name with its folder, or rename one of the files.',
      )
    case 'only-links':
      return say(
        `${fault.label} takes only links, and ${quoteFile(fault.value)} is the name of a file.`,
        'Give an address that begins with https://, or allow local uploads in the workflow.',
      )
    case 'empty-file':
      return say(`${quoteFile(fault.value)} is empty: it has 0 bytes.`, 'Send it again.')
    case 'large-file':
      return say(
        `${quoteFile(fault.value)} is larger than ${count(fault.max)} MB, the most that the server takes for ${TYPES[fault.as]}.`,
        'Send a smaller file, or raise the limit of the Dify server.',
      )
    case 'misnamed-file':
      return say(
        `${quoteFile(fault.value)} is ${fault.as === 'html' ? 'a web page (HTML)' : fault.as === '' ? 'something else' : `a file of the type ${fault.as.toUpperCase()}`}, not ${fault.extension.toUpperCase()} as its name says.`,
        fault.as === 'html'
          ? 'It may be a sign-in page: download the file once more.'
          : 'Send the right file, or give it the right ending.',
      )
    case 'unused-files':
      return say(
        `${fault.count === 1 ? '1 file that came along is' : `${count(fault.count)} files that came along are`} not used by any row: ${named(fault.names, fault.count)}.`,
      )
    case 'files-alike':
      return say(`Different files have the same name: ${list(fault.names)}.`)
    case 'too-many-files':
      return say(`${most(fault)} files; ${fault.label} takes ${count(fault.max)}.`)
    case 'error-cell':
      return say(
        fault.value === OTHERS ? 'The cell shows an error.' : `The cell shows the error ${fault.value}.`,
        'Correct its formula, or type the value.',
      )
    case 'uncalculated':
      return say(
        'The cell’s formula was never calculated.',
        'Open the file in Excel, save it, and send it again.',
      )
    case 'decimal-comma':
      return say(
        `${quote(fault.value)} can be read as two numbers: others in the file have a decimal comma.`,
        fault.guess === undefined
          ? undefined
          : `Is it ${fault.guess}? Write it without a thousands separator and with a decimal point.`,
      )
    case 'too-many-cells':
      return say(
        `The row has more cells than there are headings (${count(fault.headings)}).`,
        'Put a text that contains the delimiter in quotation marks, or choose another delimiter.',
      )
    case 'only-column':
      return say(`“${fault.heading}” is the only column, so it feeds “${fault.label}”.`)
    case 'share-link':
      return say(
        `Share links of ${fault.service} are sent as links to the download${fault.as ? `, as ${fault.as}` : ''}.`,
        'The files must be shared with everyone who has the link.',
      )
    case 'guessed-file-type':
      return say(
        `The address does not tell the type of its file: it is sent as ${TYPES[fault.as]}.`,
        'Dify refuses a file of another type. Addresses that end in .pdf, .png and the like tell theirs.',
      )
    case 'long-number':
      return say(
        'The number has more than 15 digits, and Excel does not keep them all.',
        'If it is an ID, format the column as text and type it again.',
      )
    case 'hidden-by-format':
      return say(
        `The cell looks empty because of its format, but its value is sent, such as ${quote(fault.sent)}.`,
        'Clear the cell if it should not be sent.',
      )
    case 'shown-as-hashes':
      return say(
        `Excel shows only ####; the value is sent, such as ${quote(fault.sent)}.`,
        'Correct the date, or the cell’s format.',
      )
    case 'shown-without-year':
      return say(
        `The cell shows a date without the year; the whole date is sent, such as ${quote(fault.sent)}.`,
      )
    case 'shown-with-exponent':
      return say(
        `Excel shows the number in scientific notation; all its digits are sent, such as ${quote(fault.sent)}.`,
      )
    case 'hidden-rows':
      return say('Hidden rows are included.', 'To leave them out, choose only visible rows.')
    case 'merged-cells':
      return say(
        'Cells are merged over several rows: only the first of those rows has the value.',
        'Unmerge them and fill in every row.',
      )
    case 'web-page':
      return say(
        'The file is a web page named .xls: its table was read, with every cell as text.',
        'If that is not what you expect, open it in Excel and save it as .xlsx.',
      )
    case 'covered-value':
      return say('A value is hidden under merged cells and is not sent.', 'To send it, unmerge the cells.')
    case 'picture-in-cell':
      return say('The cell holds a picture, so it counts as empty.')
    case 'picture-over-cell':
      return say('A picture lies over the rows and is not sent.')
    case 'unlike-row':
      return say(
        'The row looks like a sum, a heading, a remark or another table. It runs all the same.',
        'To leave it out, choose the rows that run.',
      )
    case 'totals-row':
      return say('The row holds the table’s totals and is left out.')
    case 'below-table':
      return say('Rows below the table are left out.', 'If they are data, choose the last row of the table.')
    case 'hidden-rows-left-out':
      return say('Hidden rows are left out.')
    case 'rows-left-out':
      return say('Rows that are not among the chosen ones are left out.')
    case 'macros':
      return say('The workbook has macros. They do not run, and the result will not have them.')
    case 'guessed-encoding':
      return say(
        `The text was read as ${fault.encoding}, which is a guess.`,
        'If letters in the preview are wrong, save the file as “CSV UTF-8”, or choose another encoding.',
      )
  }
}

const TYPES: Record<FileType, string> = {
  image: 'an image',
  document: 'a document',
  audio: 'an audio file',
  video: 'a video',
  custom: 'a file of another type',
}

/** How many characters of a person’s cell a message quotes at most. */
const QUOTED_CHARS = 40
const LISTED = 12

function say(message: string, hint?: string): { message: string; hint?: string } {
  return hint === undefined ? { message } : { message, hint }
}

/** `“A”, “B” and “C”` */
function quotedList(names: string[]): string {
  const quoted = names.map((name) => `“${name}”`)
  if (quoted.length > LISTED) return list(quoted)
  const last = quoted.pop() ?? ''
  return quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`
}

function didYouMean(guess: string | undefined): string | undefined {
  return guess === undefined ? undefined : `Did you mean “${guess}”?`
}

function most({ length, upTo }: { length: number; upTo?: boolean }): string {
  return upTo ? `Up to ${count(length)}` : count(length)
}

function count(number: number): string {
  return number.toLocaleString('en')
}

function quote(value: string): string {
  if (value === OTHERS) return 'The value'
  const line = value.replaceAll(/\s+/g, ' ')
  const chars = [...line]
  return `“${chars.length > QUOTED_CHARS ? `${chars.slice(0, QUOTED_CHARS - 1).join('')}…` : line}”`
}

function quoteFile(value: string): string {
  return value === OTHERS ? 'The file' : quote(value)
}

/** The first names of more. */
function named(names: string[], total: number): string {
  return names.length < total
    ? `${names.join(', ')} and ${count(total - names.length)} more`
    : names.join(', ')
}

function list(words: string[]): string {
  return words.length > LISTED
    ? `${words.slice(0, LISTED).join(', ')} and ${words.length - LISTED} more`
    : words.join(', ')
}
