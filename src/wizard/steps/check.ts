import type { Texts } from '../../messages/texts/texts.ts'
import { answersAtRisk } from '../../app/answers-at-risk.ts'
import { CHECK_SHEET } from '../../workbook/check/own-sheets.ts'
import { draftClick } from '../../messages/click-ids.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { notAsLastTime } from '../all-rows.ts'
import { type DraftState, type Inspection, without } from '../draft.ts'
import { moreFilesForm } from '../forms.ts'
import { readingOfSheet, takesFiles } from '../inspection.ts'
import { checkWays, faultLine } from '../faults.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import type { Button, Line, Option, Select } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { previewTable } from '../preview-table.ts'
import { type Move, type StepContext, STALE, type Step } from '../step-context.ts'
import { bold, clip, code, dotted, fitLines } from '../../messages/rich-text.ts'
import { againstLines, isSecondStuck } from './against.ts'
import { mappingLine } from './columns.ts'
import { READING_ANSWERS } from './reading.ts'
import { rowsToCall } from '../earlier.ts'
import { parametersOf } from '../submission.ts'
import { rowsMs } from '../../app/estimate.ts'
import { equalLines } from './confirm.ts'
import { fileLine, titleOf, verdictOf } from './title-and-file.ts'

/** 2 of 4: shows what was found in the upload. */
export const checkStep: Step = {
  prompt(context) {
    const { inspection } = context.draft.state
    if (!inspection) throw new Error('the check is shown without an inspection')
    const lines = [
      fileLine(context),
      ...alongLine(context),
      columnsLine(context, inspection),
      mappingLine(context, inspection.mapping),
      ...notAsLastTime(context),
      ...riskLines(context),
      ...faultLines(context, inspection),
      ...againstLines(context),
      ...sameLines(context),
    ]
    const table = previewTable(inspection, context.texts)
    return {
      title: titleOf(context, 2, 'check'),
      lines: fitLines(lines, PROMPT_LIMITS.lineChars, (left) =>
        context.texts.wizard.moreNotes(left + inspection.moreFaults),
      ),
      ...(table && { table }),
      selects: sheetSelect(context, inspection),
      buttons: buttonsOf(context, inspection),
    }
  },

  answers: {
    sheet: chooseSheet,
    // What is proposed is filled in: one click accepts it.
    columns: ({ draft: { state } }) => ({
      state: { ...state, step: 'columns', edited: { ...state.inspection?.proposals } },
    }),
    reading: ({ draft }) => ({ state: { ...draft.state, step: 'reading' } }),
    ...READING_ANSWERS, // the page shows them in this step
    next: ({ draft }) => {
      const { state } = draft
      return state.inspection && state.inspection.good > 0 && !isSecondStuck(draft)
        ? { state: { ...without(state, 'onlyNew'), step: 'parameters' } }
        : STALE
    },
    onlyNew: ({ draft: { state } }) => chooseRows(state, true),
    all: ({ draft: { state } }) => chooseRows(state, false),
    files: (context) => (mayAddFiles(context) ? { form: moreFilesForm(context) } : STALE),
    marked: () => ({ file: 'marked' }),
    back: ({ draft }) => ({ state: { ...draft.state, step: 'workflow' } }),
  },
}

/** How many files came along with a sheet; where each is a row, the first line says so. */
function alongLine({ draft, texts }: StepContext): Line[] {
  const { filesAlong = 0, listsFiles } = draft.state
  return filesAlong > 0 && !listsFiles ? [[texts.newTask.check.came(filesAlong)]] : []
}

/** Rows that need no call: equal ones, and those of a file that was sent before. */
export function sameLines({ draft, workflow, texts }: StepContext): Line[] {
  const { inspection } = draft.state
  if (!inspection || inspection.good === 0) return []
  const { seen } = texts.wizard
  const { earlier } = inspection
  const lines: Line[] = equalLines({ draft, texts })
  if (earlier) lines.push([earlier.isOlder ? seen.older(earlier.at) : bold(seen.rows(earlier.at, earlier))])
  if (earlier && earlier.unchanged > 0 && workflow && !namesVersions(workflow)) lines.push([seen.noVersion])
  return lines
}

/** Only workflows and chatflows are published; of the others nobody says when they were changed. */
function namesVersions({ mode }: Workflow): boolean {
  return mode === 'workflow' || mode === 'advanced-chat'
}

function chooseRows(state: DraftState, onlyNew: boolean): Move {
  if ((state.inspection?.earlier?.unchanged ?? 0) === 0) return STALE
  return { state: { ...state, onlyNew, step: 'parameters' } }
}

/** Known only once a run of the workflow has waited for a person. */
export function riskLines({ workflow, texts }: StepContext): Line[] {
  const version = workflow && answersAtRisk(workflow)
  return version === undefined ? [] : [[texts.wizard.losesAnswers(version)]]
}

function chooseSheet({ draft: { state } }: StepContext, value: string): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, sheet: page } } }
  const sheet = state.inspection?.sheets[Number(value)]?.name
  if (sheet === undefined) return STALE
  const reading = readingOfSheet(state.reading, sheet)
  return { state: { ...without(state, 'remembered'), reading, mapping: {} }, reinspect: true }
}

export function columnsLine({ draft, texts }: StepContext, inspection: Inspection): Line {
  const { wizard } = texts
  const fed = Object.values(inspection.mapping).filter((column) => column !== null)
  const unused = inspection.unused.filter((heading) => heading.trim() !== '')
  const named = unused.slice(0, UNUSED_NAMED).map((heading) => code(clip(heading, 40)))
  return dotted(
    wizard.feed(new Set(fed).size, fed.length),
    unused.length > 0 && wizard.notSent(named, unused.length - named.length),
    inspection.headingRow !== 1 && wizard.headingsIn(inspection.headingRow),
    draft.state.remembered && wizard.remembered,
  )
}

function faultLines({ texts }: StepContext, inspection: Inspection): Line[] {
  const { wizard } = texts
  const stopping = inspection.faults.filter(({ note }) => !note)
  const notes = inspection.faults.filter(({ note }) => note)
  const ways = checkWays(texts)
  const { moreFaults } = inspection
  return [
    [bold(verdictOf(inspection, texts))],
    ...stopping.map((group) => faultLine(group, texts, ways)),
    // The most severe come first: where there are notes, no fault is missing.
    ...(moreFaults > 0 && notes.length === 0 ? [[wizard.moreFaults(moreFaults)]] : []),
    ...(notes.length > 0
      ? [[bold(wizard.worthKnowing)], ...notes.map((group) => faultLine(group, texts, ways))]
      : []),
    ...(moreFaults > 0 && notes.length > 0 ? [[wizard.moreNotes(moreFaults)]] : []),
  ]
}

/** The sheets to choose from: without the one that we add to a marked copy and, if others are visible, hidden ones. */
export function sheetOptions(inspection: Inspection, texts: Texts): Option[] {
  const { sheets } = inspection
  const someVisible = sheets.some(({ name, hidden }) => !hidden && name !== CHECK_SHEET)
  return sheets.flatMap(({ name, hidden, rows }, i) =>
    ((hidden && someVisible) || name === CHECK_SHEET) && name !== inspection.sheet
      ? []
      : [{ value: String(i), label: name, description: texts.wizard.rows(rows) }],
  )
}

function sheetSelect({ draft, texts }: StepContext, inspection: Inspection): Select[] {
  const options = sheetOptions(inspection, texts)
  if (options.length < 2) return []
  const selected = sheetValue(inspection)
  const label = texts.wizard.selects.sheet
  return [
    pagedSelect(
      {
        id: draftClick(draft, 'sheet'),
        label,
        options,
        page: draft.state.pages['sheet'],
        ...(selected !== undefined && { selected }),
      },
      texts,
    ),
  ]
}

/** The option’s value for the inspected sheet; none while a person has to choose, so that every choice is a click. */
export function sheetValue({ sheets, sheet, faults }: Inspection): string | undefined {
  if (faults.some(({ code }) => code === 'two-sheets')) return undefined
  return String(sheets.findIndex(({ name }) => name === sheet))
}

/** Where files can be of use. */
export function mayAddFiles({ draft, workflow }: StepContext): boolean {
  return draft.state.listsFiles === true || (workflow !== undefined && takesFiles(workflow))
}

function buttonsOf(context: StepContext, inspection: Inspection): Button[] {
  const { draft, texts } = context
  const { buttons } = texts.wizard
  const allGood = inspection.good === inspection.rows
  const go = inspection.good > 0 &&
    !isSecondStuck(draft) && {
      id: draftClick(draft, 'next'),
      label: allGood ? buttons.next : buttons.runOthers(inspection.good),
      style: 'primary' as const,
    }
  const earlier = inspection.good > 0 ? earlierButtons(context, inspection) : []
  return [
    ...(earlier.length > 0 ? earlier : go ? [go] : []),
    { id: draftClick(draft, 'file'), label: allGood ? buttons.otherFile : buttons.corrected },
    ...(mayAddFiles(context) ? [{ id: draftClick(draft, 'files'), label: buttons.addFiles }] : []),
    ...(inspection.faults.some(({ cells }) => cells.length > 0)
      ? [{ id: draftClick(draft, 'marked'), label: buttons.marked }]
      : []),
    { id: draftClick(draft, 'columns'), label: buttons.columns },
    ...(draft.state.listsFiles ? [] : [{ id: draftClick(draft, 'reading'), label: buttons.reading }]),
    { id: draftClick(draft, 'back'), label: buttons.back },
    { id: draftClick(draft, 'cancel'), label: buttons.cancel },
  ]
}

/** Where an earlier task has answered some of the rows: only the others, or all. */
function earlierButtons({ draft, workflow, cost, texts }: StepContext, inspection: Inspection): Button[] {
  const { earlier, good } = inspection
  if (!earlier || earlier.unchanged === 0) return []
  const { buttons } = texts.wizard
  const rows = good - earlier.unchanged
  const label = rows === 0 ? buttons.takeAll : buttons.onlyNew(rows, about())
  return [
    { id: draftClick(draft, 'onlyNew'), label, style: 'primary' },
    { id: draftClick(draft, 'all'), label: buttons.runAll(good) },
  ]

  function about(): string {
    if (!cost) return ''
    const { price } = cost
    const called = rowsToCall({ ...draft.state, onlyNew: true })
    const time = texts.numbers.roughDuration(rowsMs(called, cost, parametersOf({ draft, workflow })))
    return price === undefined
      ? time
      : `${texts.numbers.price(BigInt(called) * price.nano, price.currency)}, ${time}`
  }
}

const UNUSED_NAMED = 5
