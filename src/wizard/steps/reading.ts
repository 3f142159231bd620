import { draftClick, type DraftVerb } from '../../messages/click-ids.ts'
import type { Line, Option, Select } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { bold, clip, code, dotted, fitLines } from '../../messages/rich-text.ts'
import { DELIMITERS, type Reading } from '../../workbook/types.ts'
import { encodingName } from '../../workbook/encoding-name.ts'
import { rowConditionsText } from '../../workbook/row-conditions.ts'
import { rowRangesText } from '../../workbook/row-ranges.ts'
import { type DraftState, type Inspection, without } from '../draft.ts'
import { faultLine } from '../faults.ts'
import { extentForm } from '../forms.ts'
import { keyForm, keyOf } from '../row-key.ts'
import { previewTable } from '../preview-table.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'
import { fileLine, titleOf, verdictOf } from './title-and-file.ts'

/** What its selects and buttons do, in any step that shows them. */
export const READING_ANSWERS: Step['answers'] = {
  encoding: ({ draft, texts }, value) => {
    const { inspection } = draft.state
    const isOffered =
      inspection && encodingOptions(inspection, texts.wizard.howRead).some((option) => option.value === value)
    return isOffered ? changed(draft.state, { encoding: value }) : STALE
  },
  delimiter: ({ draft }, value) => {
    const delimiter = DELIMITERS.find((one) => one === value)
    return delimiter === undefined ? STALE : changed(draft.state, { delimiter })
  },
  values: ({ draft }, value) =>
    value === 'shown' || value === 'raw' ? changed(draft.state, { values: value }, 'sameHead') : STALE,
  hidden: ({ draft }, value) => {
    if (value === 'visible') return changed(draft.state, { rows: value }, 'sameHead')
    const { state } = draft
    return value === 'all'
      ? { state: { ...state, reading: without(state.reading, 'rows') }, reinspect: true }
      : STALE
  },
  extent: (context) => ({ form: extentForm(context) }),
  key: (context) => ({ form: keyForm(context) }),
  asFound: ({ draft: { state } }) => ({
    state: {
      ...without(state, 'remembered', 'edited'),
      reading: state.reading.sheet === undefined ? {} : { sheet: state.reading.sheet },
      mapping: {},
    },
    reinspect: true,
  }),
}

/** Still 2 of 4: how the file was read, and all that can be changed about it. Every change takes effect at once. */
export const readingStep: Step = {
  prompt(context) {
    const { draft, texts } = context
    const { buttons } = texts.wizard
    const { inspection, reading } = draft.state
    if (!inspection) throw new Error('the reading is shown without an inspection')
    const table = previewTable(inspection, texts)
    const stopping = inspection.faults.filter(({ fatal }) => fatal)
    const notes = inspection.faults.filter(({ note }) => note)
    const ways = { rows: buttons.extent } // its selects need no name
    const lines = [
      fileLine(context),
      readingLine(context, inspection),
      ...encodingLines(context, inspection),
      ...groupsLines(context, inspection, buttons.extent),
      [bold(verdictOf(inspection, texts))],
      ...stopping.map((group) => faultLine(group, texts, ways)),
      ...(notes.length > 0 ? [[bold(texts.wizard.worthKnowing)]] : []),
      ...notes.map((group) => faultLine(group, texts, ways)),
    ]
    return {
      title: titleOf(context, 2, 'reading'),
      lines: fitLines(lines, PROMPT_LIMITS.lineChars, texts.wizard.moreNotes),
      ...(table && { table }),
      selects: readingSelects(context, inspection).map(({ verb, ...select }) => ({
        id: draftClick(draft, verb),
        ...select,
      })),
      buttons: [
        { id: draftClick(draft, 'back'), label: buttons.done, style: 'primary' },
        { id: draftClick(draft, 'extent'), label: buttons.extent },
        { id: draftClick(draft, 'key'), label: buttons.key },
        ...(isChanged(reading) ? [{ id: draftClick(draft, 'asFound'), label: buttons.asFound }] : []),
        { id: draftClick(draft, 'cancel'), label: buttons.cancel },
      ],
    }
  },

  answers: { ...READING_ANSWERS, back: ({ draft }) => ({ state: { ...draft.state, step: 'check' } }) },
}

/** True if a person has chosen anything but the sheet, which has a select of its own. */
export function isChanged(reading: Reading): boolean {
  return Object.keys(without(reading, 'sheet')).length > 0
}

/** `headings in rows 2 and 3 · to row 240 · as shown · only rows 3-40` */
export function readingLine({ draft, texts }: StepContext, inspection: Inspection): Line {
  const said = texts.wizard.howRead
  const { headingRow, headingRows, lastRow, encoding, delimiter } = inspection
  const { reading } = draft.state
  return dotted(
    headingRows === 2 ? said.headingsInTwo(headingRow) : texts.wizard.headingsIn(headingRow),
    lastRow !== undefined && said.toRow(lastRow),
    delimiter === undefined && said.sent[reading.values ?? 'shown'],
    reading.rows === 'visible' && said.onlyVisible,
    typeof reading.rows === 'object' && said.onlyRows(clip(rowRangesText(reading.rows), 80)),
    reading.where && said.onlyWhere(clip(rowConditionsText(reading.where), 80)),
    keyOf(draft.state).length > 0 && said.namedBy(clip(keyOf(draft.state).join(', '), 80)),
    encoding && encodingName(encoding.label),
    delimiter !== undefined && said.delimiters[delimiter],
  )
}

/** Where the headings may be in two rows: how to have both. */
export function groupsLines({ draft, texts }: StepContext, inspection: Inspection, way?: string): Line[] {
  const { groupRow, headingRow, headingRows } = inspection
  const isChosen = draft.state.reading.headingRow !== undefined
  if (groupRow === null || groupRow !== headingRow - 1 || headingRows === 2 || isChosen) return []
  const said = texts.wizard.howRead.groups(groupRow)
  return [way === undefined ? [said] : [texts.wizard.way(said), bold(way)]]
}

/** The first lines in every encoding that is likely. */
export function encodingLines({ texts }: StepContext, { encoding }: Inspection): Line[] {
  if (!encoding || encoding.sure || encoding.alternatives.length === 0) return []
  return [
    [texts.wizard.howRead.whichEncoding],
    ...encoding.alternatives.map(({ label, sample }): Line => [
      `${encodingName(label)}: `,
      code(clip(sample.join(' ⏎ ') || '–', SAMPLE_CHARS)),
    ]),
  ]
}

export interface ReadingSelect extends Omit<Select, 'id'> {
  verb: Extract<DraftVerb, 'encoding' | 'delimiter' | 'values' | 'hidden'>
}

/** The selects for this kind of file. */
export function readingSelects({ draft, texts }: StepContext, inspection: Inspection): ReadingSelect[] {
  const said = texts.wizard.howRead
  const { encoding, delimiter } = inspection
  const { reading } = draft.state
  if (delimiter !== undefined || encoding)
    return [
      ...(encoding
        ? [
            {
              verb: 'encoding' as const,
              label: said.encoding,
              options: encodingOptions(inspection, said),
              selected: encoding.label,
            },
          ]
        : []),
      ...(delimiter === undefined
        ? []
        : [
            {
              verb: 'delimiter' as const,
              label: said.delimiter,
              options: DELIMITERS.map((value) => ({ value, label: said.delimiters[value] })),
              selected: delimiter,
            },
          ]),
    ]
  return [
    {
      verb: 'values',
      label: said.valuesLabel,
      options: (['shown', 'raw'] as const).map((value) => ({
        value,
        label: said.values[value],
        description: said.valuesHint[value],
      })),
      selected: reading.values ?? 'shown',
    },
    {
      verb: 'hidden',
      label: said.hiddenLabel,
      options: [
        { value: 'all', label: said.allRows },
        { value: 'visible', label: said.visibleOnly },
      ],
      ...(typeof reading.rows !== 'object' && { selected: reading.rows ?? 'all' }),
    },
  ]
}

/** The likely encodings first, then the common ones. */
function encodingOptions(
  { encoding }: Inspection,
  said: StepContext['texts']['wizard']['howRead'],
): Option[] {
  const likely = [encoding?.label ?? 'utf-8', ...(encoding?.alternatives ?? []).map(({ label }) => label)]
  const samples = new Map((encoding?.alternatives ?? []).map(({ label, sample }) => [label, sample]))
  return [...new Set([...likely, ...ENCODINGS])].map((label) => {
    const sample = samples.get(label)?.find((line) => /\P{ASCII}/u.test(line))
    const hint = sample ?? said.scripts[label]
    return { value: label, label: encodingName(label), ...(hint && { description: clip(hint, 70) }) }
  })
}

/** A select has 25 options at most. */
const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'windows-1250',
  'windows-1251',
  'windows-1252',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-1257',
  'windows-1258',
  'windows-874',
  'koi8-r',
] as const
const SAMPLE_CHARS = 120

/** With another encoding, delimiter or place, the headings are others, and columns chosen by hand mean nothing. */
function changed(state: DraftState, change: Reading, head: 'sameHead' | 'otherHead' = 'otherHead'): Move {
  const reading = { ...state.reading, ...change }
  if (head === 'sameHead') return { state: { ...state, reading }, reinspect: true }
  const rest = without(state, 'remembered', 'edited')
  return {
    state: { ...rest, reading: without(reading, 'headingRow', 'headingRows', 'lastRow', 'key'), mapping: {} },
    reinspect: true,
  }
}
