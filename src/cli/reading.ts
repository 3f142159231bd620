import { type Command, InvalidArgumentError, Option } from 'commander'
import { labelOf } from '../workbook/read/decode.ts'
import { columnsTyped } from '../workbook/check/named-columns.ts'
import { rowConditionOf } from '../workbook/row-conditions.ts'
import { MAX_ROW, rowRangesOf } from '../workbook/row-ranges.ts'
import type { Delimiter, Reading, RowCondition } from '../workbook/types.ts'
import { ranged } from './arguments.ts'

/** The options that say how a file is read. `only` is `rows` of a Reading: `check` has a --rows of its own. */
export interface ReadingFlags extends Omit<Reading, 'rows'> {
  only?: Exclude<Reading['rows'], undefined>
}

/** Gives a command the options that say how its file is read. */
export function addReadingOptions(command: Command): Command {
  const row = { min: 1, max: MAX_ROW }
  return command
    .option('--sheet <name>', 'which sheet; default: the one that feeds the most inputs')
    .addOption(ranged('--heading-row <n>', 'the row that has the headings; default: found', row))
    .addOption(
      ranged('--heading-rows <n>', 'how many rows of headings, as “Price / EUR”; default: 1', {
        min: 1,
        max: 2,
      }),
    )
    .addOption(ranged('--last-row <n>', 'the last row of the table; default: found', row))
    .addOption(
      new Option('--only <rows>', 'visible, or rows of the sheet such as 3-40,88; default: all').argParser(
        (text) => (text === 'visible' ? text : rowRangesOf(text)),
      ),
    )
    .addOption(
      new Option(
        '--where <condition>',
        'only rows whose cell shows this: Tone=formal, Tone!=formal, Status= (empty); may be repeated: all must hold',
      ).argParser(furtherCondition),
    )
    .addOption(
      new Option(
        '--key <columns>',
        'the columns that name a row, so that a changed one is recognized: SKU,Country; default: as last time, or found',
      ).argParser(columnsTyped),
    )
    .addOption(
      new Option('--values <what>', 'what is sent for a cell with a format; default: shown').choices([
        'shown',
        'raw',
      ]),
    )
    .addOption(
      new Option(
        '--encoding <name>',
        'of a CSV file, such as gb18030 or shift_jis; default: found',
      ).argParser(labelOf),
    )
    .addOption(
      new Option(
        '--delimiter <name>',
        'of a CSV file: comma, semicolon, tab or bar; default: found',
      ).argParser(delimiterOf),
    )
}

/** What the options of a command say about how its file is read. */
export function readingOf(flags: ReadingFlags): Reading {
  const { sheet, headingRow, headingRows, lastRow, only, where, key, values, encoding, delimiter } = flags
  return {
    ...(sheet !== undefined && { sheet }),
    ...(headingRow !== undefined && { headingRow }),
    ...(headingRows !== undefined && { headingRows }),
    ...(lastRow !== undefined && { lastRow }),
    ...(only !== undefined && { rows: only }),
    ...(where !== undefined && { where }),
    ...(key !== undefined && { key }),
    ...(values !== undefined && { values }),
    ...(encoding !== undefined && { encoding }),
    ...(delimiter !== undefined && { delimiter }),
  }
}

function furtherCondition(text: string, before: RowCondition[] = []): RowCondition[] {
  return [...before, rowConditionOf(text)]
}

export function delimiterOf(text: string): Delimiter {
  const found = DELIMITERS.get(text.toLowerCase())
  if (found) return found
  throw new InvalidArgumentError('It must be comma, semicolon, tab or bar.')
}

const DELIMITERS = new Map<string, Delimiter>([
  ['comma', ','],
  [',', ','],
  ['semicolon', ';'],
  [';', ';'],
  ['tab', '\t'],
  ['\t', '\t'],
  [String.raw`\t`, '\t'],
  ['bar', '|'],
  ['|', '|'],
])
