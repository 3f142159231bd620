import { OTHERS } from '../fault.ts'
import { count, didYouMean, list, most, quote, say, type FaultTexts } from './words.ts'

/** Of the value of a cell. */
export const VALUES = {
  required: (fault) => say(`${fault.label} is empty, and it is required.`),
  'refused-default': (fault) =>
    say(`${fault.label} is empty, and the app’s default is not one of its options.`, 'Fill in one of them.'),
  'too-long': (fault) => say(`${most(fault)} characters; ${fault.label} takes ${count(fault.max)}.`),
  'not-an-option': (fault) =>
    say(`${quote(fault.value)} is not one of ${list(fault.options)}.`, didYouMean(fault.guess)),
  'not-a-number': (fault) =>
    say(`${quote(fault.value)} is not a number; ${fault.label} takes one.`, didYouMean(fault.guess)),
  'not-yes-or-no': (fault) =>
    say(
      `${quote(fault.value)} is neither yes nor no.`,
      `${fault.label} takes yes or no, true or false, 1 or 0.`,
    ),
  'not-json': (fault) =>
    say(
      `${quote(fault.value)} is not JSON.`,
      fault.curlyQuotes
        ? 'JSON takes straight quotation marks ("), not curly ones (“ ”).'
        : 'Write an object, such as {"colour": "red"}.',
    ),
  'not-a-json-object': (fault) =>
    say(`${quote(fault.value)} is not a JSON object.`, 'Write an object, such as {"colour": "red"}.'),
  'json-schema': (fault) =>
    say(`${fault.label}${fault.where ? `, at ${fault.where}` : ''}: ${fault.problem}.`),
  'error-cell': (fault) =>
    say(
      fault.value === OTHERS ? 'The cell shows an error.' : `The cell shows the error ${fault.value}.`,
      'Correct its formula, or type the value.',
    ),
  uncalculated: () =>
    say('The cell’s formula was never calculated.', 'Open the file in Excel, save it, and send it again.'),
  'decimal-comma': (fault) =>
    say(
      `${quote(fault.value)} can be read as two numbers: others in the file have a decimal comma.`,
      fault.guess === undefined
        ? undefined
        : `Is it ${fault.guess}? Write it without a thousands separator and with a decimal point.`,
    ),
  'too-many-cells': (fault) =>
    say(
      `The row has more cells than there are headings (${count(fault.headings)}).`,
      'Put a text that contains the delimiter in quotation marks, or choose another delimiter.',
    ),
  'long-number': () =>
    say(
      'The number has more than 15 digits, and Excel does not keep them all.',
      'If it is an ID, format the column as text and type it again.',
    ),
  'hidden-by-format': (fault) =>
    say(
      `The cell looks empty because of its format, but its value is sent, such as ${quote(fault.sent)}.`,
      'Clear the cell if it should not be sent.',
    ),
  'shown-as-hashes': (fault) =>
    say(
      `Excel shows only ####; the value is sent, such as ${quote(fault.sent)}.`,
      'Correct the date, or the cell’s format.',
    ),
  'shown-without-year': (fault) =>
    say(`The cell shows a date without the year; the whole date is sent, such as ${quote(fault.sent)}.`),
  'shown-with-exponent': (fault) =>
    say(
      `Excel shows the number in scientific notation; all its digits are sent, such as ${quote(fault.sent)}.`,
    ),
} satisfies Partial<FaultTexts>
