import type { Words } from '../../messages/texts/texts.ts'
import { CHECK_SHEET } from '../../workbook/check/table.ts'
import { draftClick } from '../../messages/click-ids.ts'
import { type Look, without } from '../draft.ts'
import { faultLine } from '../faults.ts'
import { pageAsked, pagedSelect } from '../../messages/paged-select.ts'
import type { Button, Line, Option, Select } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { previewTable } from '../preview-table.ts'
import { type Move, type Sight, STALE, type Step } from '../step-context.ts'
import { bold, clip, code, dotted, fitLines } from '../../messages/rich-text.ts'
import { fedLine } from './columns.ts'
import { fileLine, titleOf } from './shared.ts'

/** 2 of 4: what was found in the upload. */
export const checkStep: Step = {
  prompt(sight) {
    const { look } = sight.draft.state
    if (!look) throw new Error('the check is shown without a look at the file')
    const lines = [
      fileLine(sight),
      feedLine(sight, look),
      fedLine(sight, look.mapping),
      ...faultLines(sight, look),
    ]
    const table = previewTable(look, sight.words)
    return {
      title: titleOf(sight, 2, 'check'),
      lines: fitLines(lines, PROMPT_LIMITS.lineChars, () =>
        sight.words.wizard.moreFaults(look.moreFaults + 1),
      ),
      ...(table && { table }),
      selects: sheetSelect(sight, look),
      buttons: buttonsOf(sight, look),
    }
  },

  answers: {
    sheet: chooseSheet,
    columns: ({ draft }) => ({ state: { ...draft.state, step: 'columns', edited: {} } }),
    next: ({ draft: { state } }) =>
      state.look && state.look.good > 0 ? { state: { ...state, step: 'parameters' } } : STALE,
    marked: () => ({ file: 'marked' }),
    back: ({ draft }) => ({ state: { ...draft.state, step: 'workflow' } }),
  },
}

function chooseSheet({ draft: { state } }: Sight, value: string): Move {
  const page = pageAsked(value)
  if (page !== undefined) return { state: { ...state, pages: { ...state.pages, sheet: page } } }
  const sheet = state.look?.sheets[Number(value)]?.name
  if (sheet === undefined) return STALE
  return { state: { ...without(state, 'headingRow', 'remembered'), sheet, mapping: {} }, look: true }
}

export function feedLine({ draft, words }: Sight, look: Look): Line {
  const { wizard } = words
  const fed = Object.values(look.mapping).filter((column) => column !== null)
  const unused = look.unused.filter((heading) => heading.trim() !== '')
  const named = unused.slice(0, UNUSED_NAMED).map((heading) => code(clip(heading, 40)))
  return dotted(
    wizard.feed(new Set(fed).size, fed.length),
    unused.length > 0 && wizard.kept(named, unused.length - named.length),
    look.headingRow !== 1 && wizard.headingsIn(look.headingRow),
    draft.state.remembered && wizard.remembered,
  )
}

function faultLines({ words }: Sight, look: Look): Line[] {
  const { wizard } = words
  const stopping = look.faults.filter(({ note }) => !note)
  const notes = look.faults.filter(({ note }) => note)
  return [
    [bold(verdictOf(look, words))],
    ...stopping.map((group) => faultLine(group, words)),
    ...(look.moreFaults > 0 ? [[wizard.moreFaults(look.moreFaults)]] : []),
    ...(notes.length > 0
      ? [[bold(wizard.worthKnowing)], ...notes.map((group) => faultLine(group, words))]
      : []),
  ]
}

/** What can run, in one sentence. */
export function verdictOf({ good, rows }: Look, { wizard }: Words): string {
  if (good === 0) return wizard.nothingRuns
  return good === rows ? wizard.allRun(rows) : wizard.cannotRun(rows - good)
}

/** The sheets that may be chosen: hidden ones are not offered, nor the one that we add to a marked copy. */
export function sheetOptions(look: Look, words: Words): Option[] {
  return look.sheets.flatMap(({ name, hidden, rows }, i) =>
    (hidden || name === CHECK_SHEET) && name !== look.sheet
      ? []
      : [{ value: String(i), label: name, description: words.wizard.rows(rows) }],
  )
}

function sheetSelect({ draft, words }: Sight, look: Look): Select[] {
  const options = sheetOptions(look, words)
  if (options.length < 2) return []
  const selected = sheetValue(look)
  const label = words.wizard.selects.sheet
  return [
    pagedSelect(
      { id: draftClick(draft, 'sheet'), label, options, selected, page: draft.state.pages['sheet'] },
      words,
    ),
  ]
}

/** The option that stands for the sheet that is looked at. */
export function sheetValue({ sheets, sheet }: Look): string {
  return String(sheets.findIndex(({ name }) => name === sheet))
}

function buttonsOf({ draft, words }: Sight, look: Look): Button[] {
  const { buttons } = words.wizard
  const allGood = look.good === look.rows
  const go = look.good > 0 && {
    id: draftClick(draft, 'next'),
    label: allGood ? buttons.next : buttons.runOthers(look.good),
    style: 'primary' as const,
  }
  return [
    ...(go ? [go] : []),
    { id: draftClick(draft, 'file'), label: allGood ? buttons.otherFile : buttons.corrected },
    ...(look.faults.some(({ cells }) => cells.length > 0)
      ? [{ id: draftClick(draft, 'marked'), label: buttons.marked }]
      : []),
    { id: draftClick(draft, 'columns'), label: buttons.columns },
    { id: draftClick(draft, 'back'), label: buttons.back },
    { id: draftClick(draft, 'cancel'), label: buttons.cancel },
  ]
}

const UNUSED_NAMED = 5
