import * as fc from 'fast-check'
import { type FaultName } from '../../../src/dify/sandbox/sandbox-fault.ts'
import { EMPTY, FAILS } from './echo-app.ts'
import { ORDERS, type SheetCell, type SheetRow } from './sheet.ts'

/* What happens in one run of the model: a sheet that is sent, edited, sent again … */

export interface Story {
  rows: SheetRow[]
  sends: Send[]
}

export interface Send {
  /** what became of the sheet since it was sent last */
  edits: Edit[]
  order: number
  isCsv: boolean
  /** the workflow is published anew before that, and somebody may have run a row of it since */
  publishes: 'no' | 'unseen' | 'seen'
  /** an earlier task is deleted before that */
  deletes: number | undefined
  onlyNew: boolean
  each: boolean
  tryFirst: number
  /** one value for all rows */
  style: string | undefined
  /** rows of the sheet, counted from its first: from, how many */
  only: { from: number; count: number } | undefined
  concurrency: number
  retries: number
  delayMs: number
  first: Turn
  /** what is done when the task has ended */
  after: (Turn & After)[]
}

/** `again`: some rows that are settled, from this one on; `edit`: this one, with another name */
export interface After {
  act: 'retry' | 'again' | 'edit'
  row: number
  name: string
}

/** What goes wrong while rows run. */
export interface Turn {
  /** of the next calls, one after the other */
  faults: (FaultName | null)[]
  /** what happens, after so many turns of the event loop */
  acts: { act: Act; turns: number }[]
}

/** `stop`: and resumed; `end`: stopped for good */
export type Act = 'kill' | 'pause' | 'stop' | 'end'

export type Edit =
  | { edit: 'change'; row: number; column: keyof SheetRow; cell: SheetCell }
  | { edit: 'remove'; row: number }
  | { edit: 'insert'; row: number; content: SheetRow }
  | { edit: 'repeat'; row: number; at: number }
  | { edit: 'shuffle'; seed: number }

/** Texts that look alike and are not: another normal form, another case, blanks, digits. */
const NAMES: SheetCell[] = [
  'a',
  'A',
  ' a',
  'caf\u00e9',
  'cafe\u0301',
  '名前',
  '5',
  5,
  '05',
  '🫖 kettle',
  'two\nlines',
  '=1+1',
  '__proto__',
  '"quoted", and more',
  `${EMPTY} nothing`,
  `${FAILS} always`,
  null,
  ' ',
]
const FEATURES: SheetCell[] = [null, null, 'hot', 'hot ', 'cold', '冷', 7]
const TONES: SheetCell[] = [null, 'formal', 'FORMAL', 'casual']
const AMOUNTS: SheetCell[] = [null, 5, '5', 12]

const index = fc.nat({ max: 30 })

const sheetRow: fc.Arbitrary<SheetRow> = fc.record({
  Name: fc.constantFrom(...NAMES),
  Features: fc.constantFrom(...FEATURES),
  Tone: fc.constantFrom(...TONES),
  Amount: fc.constantFrom(...AMOUNTS),
  Note: fc.constantFrom('n1', 'n2', 'n3'),
})

const edit: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom('Name' as const, 'Features' as const, 'Tone' as const, 'Note' as const).chain((column) =>
    fc.record({
      edit: fc.constant('change' as const),
      row: index,
      column: fc.constant(column),
      cell: fc.constantFrom(...{ Name: NAMES, Features: FEATURES, Tone: TONES, Note: ['n1', 'n4'] }[column]),
    }),
  ),
  fc.record({ edit: fc.constant('remove' as const), row: index }),
  fc.record({ edit: fc.constant('insert' as const), row: index, content: sheetRow }),
  fc.record({ edit: fc.constant('repeat' as const), row: index, at: index }),
  fc.record({ edit: fc.constant('shuffle' as const), seed: index }),
)

const FAULTS: FaultName[] = [
  'failed',
  'failed',
  '429',
  '500',
  '500-after',
  '502',
  '504',
  'cut',
  'cut-at-once',
  'no-end',
  'no-start',
  'made-up',
  'made-up-mid',
  'partial',
  'half-answer',
  'split',
  'left-open',
  'gone-silent',
  'error',
  'provider-429',
  '401',
]

const turn: fc.Arbitrary<Turn> = fc.record({
  faults: fc.oneof(
    { weight: 2, arbitrary: fc.constant<Turn['faults']>([]) },
    { weight: 3, arbitrary: fc.array(fc.option<FaultName>(fc.constantFrom(...FAULTS)), { maxLength: 8 }) },
  ),
  acts: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Turn['acts']>([]) },
    {
      weight: 2,
      arbitrary: fc.array(
        fc.record({
          act: fc.constantFrom<Act>('kill', 'kill', 'pause', 'stop', 'end'),
          turns: fc.nat({ max: 120 }),
        }),
        { maxLength: 3 },
      ),
    },
  ),
})

const send: fc.Arbitrary<Send> = fc.record({
  edits: fc.array(edit, { maxLength: 4 }),
  order: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.nat({ max: ORDERS.length - 1 }) },
  ),
  isCsv: fc.boolean(),
  publishes: fc.oneof(
    { weight: 4, arbitrary: fc.constant('no' as const) },
    { weight: 1, arbitrary: fc.constantFrom('unseen' as const, 'seen' as const) },
  ),
  deletes: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.nat({ max: 5 }) },
  ),
  onlyNew: fc.oneof(
    { weight: 4, arbitrary: fc.constant(true) },
    { weight: 1, arbitrary: fc.constant(false) },
  ),
  each: fc.oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
  tryFirst: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 5 }) }),
  style: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.constant('dry') },
  ),
  only: fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: fc.record({ from: fc.nat({ max: 6 }), count: fc.integer({ min: 1, max: 8 }) }) },
  ),
  concurrency: fc.integer({ min: 1, max: 5 }),
  retries: fc.nat({ max: 2 }),
  delayMs: fc.constantFrom(0, 0, 2, 5),
  first: turn,
  after: fc.array(
    fc
      .tuple(
        turn,
        fc.record<After>({
          act: fc.constantFrom('retry', 'again', 'edit'),
          row: index,
          name: fc.constantFrom('a', 'A', '🫖 kettle', 'never in the file', `${FAILS} edited`),
        }),
      )
      .map(([during, act]) => ({ ...during, ...act })),
    { maxLength: 2 },
  ),
})

export const story: fc.Arbitrary<Story> = fc.record({
  rows: fc.array(sheetRow, { minLength: 1, maxLength: 14 }),
  sends: fc.array(send, { minLength: 1, maxLength: 4 }),
})

export function edited(rows: readonly SheetRow[], edits: readonly Edit[]): SheetRow[] {
  let now = [...rows]
  for (const one of edits) {
    const at = one.edit === 'shuffle' ? 0 : one.row % Math.max(1, now.length)
    const row = now[at]
    if (!row) continue
    if (one.edit === 'change') now[at] = { ...row, [one.column]: one.cell }
    if (one.edit === 'remove' && now.length > 1) now.splice(at, 1)
    if (one.edit === 'insert') now.splice(at, 0, one.content)
    if (one.edit === 'repeat') now.splice(one.at % (now.length + 1), 0, { ...row })
    if (one.edit === 'shuffle') now = shuffled(now, one.seed)
  }
  return now
}

function shuffled(rows: readonly SheetRow[], seed: number): SheetRow[] {
  const step = [1, 3, 5, 7, 11][seed % 5] ?? 1
  const left = [...rows]
  const result: SheetRow[] = []
  for (let at = seed; left.length > 0; at += step) result.push(...left.splice(at % left.length, 1))
  return result
}
