import { machineValue, textsToEdit } from '../app/reviews.ts'
import type { ReviewedRow } from '../db/rows/reviews.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { kindOf, textToEdit, versionOf } from '../engine/review.ts'
import { reviewClick, type ReviewVerb, taskClick } from '../messages/click-ids.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import type { Button, Form, Line, Prompt } from '../messages/prompt.ts'
import { bold, clip, code, dotted, fitLines } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'

/** Everything that a card shows of the rows to look at. */
export interface ReviewCardFacts {
  task: TaskView
  /** to look at, in the sheet's order */
  rows: number[]
  /** of these, those that were run again from here */
  again: number[]
  /** what has been said of them */
  states: Map<number, 'edited' | 'kept'>
  /** undefined: the page has no URL */
  pageUrl: string | undefined
}

const NAME_CHARS = 60
const OUTPUT_NAME_CHARS = 40
const INPUTS_SHOWN = 5
const INPUT_CHARS = 100
const FLAGS_SHOWN = 3
/** Of all outputs together: with inputs and lines around them they must fit into one message. */
const OUTPUT_CHARS = 1_100
const OUTPUT_LINE_CHARS = 300
const OUTPUTS_SHOWN = 4
const MACHINE_CHARS = 150
const ERROR_CHARS = 300
/** A dialog of Slack takes no longer text in a field. */
export const FIELD_CHARS = 3_000

/** One row: what was sent, what it gave, and what to do about it. */
export function rowPrompt(facts: ReviewCardFacts, row: ReviewedRow, texts: Texts): Prompt {
  const { review: said } = texts
  const { task, rows } = facts
  const position = rows.indexOf(row.row) + 1
  const isRunning = row.status === 'pending' || row.status === 'running' || row.status === 'waiting'
  const lines = [
    [bold(clip(said.name(task.name), NAME_CHARS))],
    ...flagLines(row, texts),
    ...inputLines(row, texts),
    ...stateLines(facts, row, texts),
    ...(row.status === 'succeeded' ? outputLines(facts, row, texts) : []),
    ...(isRunning ? [] : paidLines(row, texts)),
  ]
  return {
    title: said.title(row.row, position, rows.length),
    notice: clip(said.name(task.name), PROMPT_LIMITS.titleChars),
    lines: fitLines(lines, PROMPT_LIMITS.lineChars, () => '…'),
    selects: [],
    buttons: [
      ...(row.status === 'succeeded' ? answerButtons(task, row, texts) : []),
      ...ways(facts, position, texts),
      ...pageButton(facts, row.row, texts),
    ],
  }
}

/** What came of all of them. */
export function overPrompt(facts: ReviewCardFacts, texts: Texts): Prompt {
  const { review: said } = texts
  const { task, rows, again, states } = facts
  const of = (state: 'edited' | 'kept') => rows.filter((row) => states.get(row) === state).length
  const ran = rows.filter((row) => again.includes(row) && !states.has(row)).length
  const seen = of('edited') + of('kept') + ran
  const first = rows.find((row) => !states.has(row) && !again.includes(row)) ?? rows[0]
  return {
    title: said.over(seen, rows.length),
    lines: [
      [bold(clip(said.name(task.name), NAME_CHARS))],
      dotted(
        of('kept') > 0 && said.kept(of('kept')),
        of('edited') > 0 && said.edited(of('edited')),
        ran > 0 && said.again(ran),
        seen < rows.length && said.left(rows.length - seen),
      ),
      ...(of('edited') > 0 ? [[said.inResult]] : []),
    ],
    selects: [],
    buttons: [
      { id: taskClick(task.id, 'results'), label: said.buttons.result, style: 'primary' },
      ...(first === undefined ? [] : [showButton(task, first, said.buttons.over)]),
      ...pageButton(facts, undefined, texts),
    ],
  }
}

/** In place of a card that another one follows. */
export function movedPrompt({ name }: TaskView, { review }: Texts): Prompt {
  return {
    title: clip(review.name(name), PROMPT_LIMITS.titleChars),
    lines: [[review.moved]],
    selects: [],
    buttons: [],
  }
}

function flagLines({ flags }: ReviewedRow, { tasks }: Texts): Line[] {
  return flags
    .slice(0, FLAGS_SHOWN)
    .map(({ output, code: reason, count = 0 }): Line => [
      '⚑ ',
      bold(clip(output, OUTPUT_NAME_CHARS)),
      `: ${tasks.flags[reason](count)}`,
    ])
}

function inputLines({ inputs }: ReviewedRow, { review }: Texts): Line[] {
  const all = Object.entries(inputs)
  const more = all.length - INPUTS_SHOWN
  return [
    [bold(review.sent)],
    ...all
      .slice(0, INPUTS_SHOWN)
      .map(([name, value]): Line => [
        `${clip(name, OUTPUT_NAME_CHARS)}: `,
        code(oneLine(value, INPUT_CHARS) || review.nothing),
      ]),
    ...(more > 0 ? [[review.more(more)]] : []),
  ]
}

function stateLines({ task, again }: ReviewCardFacts, row: ReviewedRow, { review }: Texts): Line[] {
  switch (row.status) {
    case 'succeeded':
      return [
        ...(row.kept ? [[bold(review.keptBy(clip(row.kept.by, NAME_CHARS)))]] : []),
        ...(again.includes(row.row) && !row.kept && Object.keys(row.edits).length === 0
          ? [[bold(review.newAnswer)]]
          : []),
      ]
    case 'failed':
      return [[bold(review.failed(clip(row.error ?? '', ERROR_CHARS)))]]
    case 'cancelled':
      return [[review.isGone]]
    case 'pending':
    case 'running':
    case 'waiting':
      return [[task.status === 'paused' ? review.isPaused : review.runs]]
  }
}

/** Those that are flagged or edited first. The machine's value stands below a person's. */
function outputLines(facts: ReviewCardFacts, row: ReviewedRow, texts: Texts): Line[] {
  const { review: said, tasks } = texts
  const edited = Object.keys(row.edits)
  const names = [
    ...new Set([...textsToEdit(row).map(({ output }) => output), ...Object.keys(row.outputs ?? {})]),
  ]
  names.sort((a, b) => Number(edited.includes(b)) - Number(edited.includes(a)))
  const shown = names.slice(0, OUTPUTS_SHOWN)
  const each = Math.floor(OUTPUT_CHARS / Math.max(1, shown.length))
  let isCut = names.length > shown.length
  const lines = shown.flatMap((name): Line[] => {
    const edit = Object.hasOwn(row.edits, name) ? row.edits[name] : undefined
    const machine = machineValue(row, name)
    const part = textLines(textToEdit(edit ? edit.value : machine), each, said.nothing)
    isCut ||= part.isCut
    return [
      dotted(bold(clip(name, OUTPUT_NAME_CHARS)), edit && said.editedBy(clip(edit.by, NAME_CHARS))),
      ...part.lines,
      ...(edit
        ? [[`${said.machine}: `, code(oneLine(machine, MACHINE_CHARS) || said.nothing)] satisfies Line]
        : []),
    ]
  })
  if (!isCut) return lines
  const url = rowUrl(facts.pageUrl, row.row)
  return [...lines, url === undefined ? [said.rest] : said.restOnPage({ link: tasks.pageLink, url })]
}

/** A text with its line breaks, each line behind a bar: so it is seen to be the answer's. */
function textLines(text: string, chars: number, nothing: string): { lines: Line[]; isCut: boolean } {
  if (text.trim() === '') return { lines: [['│ ', nothing]], isCut: false }
  const lines: Line[] = []
  let left = chars
  const all = text.split('\n')
  for (const [i, line] of all.entries()) {
    const most = Math.min(left, OUTPUT_LINE_CHARS)
    if (line.length > most) {
      // A long line goes on in the next, as long as there is room.
      if (left <= OUTPUT_LINE_CHARS)
        return { lines: [...lines, ['│ ', clip(line, Math.max(1, left))]], isCut: true }
      const whole = clip(line, left)
      lines.push(...inPieces(whole))
      if (whole !== line) return { lines, isCut: true }
    } else lines.push(['│ ', line])
    left -= line.length + 1
    if (left <= 0 && i < all.length - 1) return { lines, isCut: true }
  }
  return { lines, isCut: false }
}

function inPieces(line: string): Line[] {
  const chars = [...line]
  return Array.from({ length: Math.ceil(chars.length / OUTPUT_LINE_CHARS) }, (_, i): Line => [
    '│ ',
    chars.slice(i * OUTPUT_LINE_CHARS, (i + 1) * OUTPUT_LINE_CHARS).join(''),
  ])
}

function paidLines({ status, edits }: ReviewedRow, { review }: Texts): Line[] {
  if (status !== 'succeeded') return []
  return [[review.againIsPaid], ...(Object.keys(edits).length > 0 ? [[review.againReplaces]] : [])]
}

function answerButtons(task: TaskView, row: ReviewedRow, { review }: Texts): Button[] {
  const version = versionOf(row)
  const labels = review.buttons
  const id = (verb: ReviewVerb) => reviewClick({ of: 'review', id: task.id, verb, row: row.row, version })
  const isReviewed = row.kept !== null || Object.keys(row.edits).length > 0
  return [
    ...(row.kept === null ? [{ id: id('keep'), label: labels.keep, style: 'primary' as const }] : []),
    ...(textsToEdit(row).length > 0 ? [{ id: id('edit'), label: labels.edit }] : []),
    { id: id('again'), label: labels.again },
    ...(isReviewed ? [{ id: id('reset'), label: labels.reset }] : []),
  ]
}

/** To the row before and to the one after it; after the last, to what came of all. */
function ways({ task, rows }: ReviewCardFacts, position: number, { review }: Texts): Button[] {
  const before = rows[position - 2]
  return [
    ...(before === undefined ? [] : [showButton(task, before, review.buttons.previous)]),
    showButton(task, rows[position] ?? 0, review.buttons.next),
  ]
}

function showButton({ id }: TaskView, row: number, label: string): Button {
  return { id: reviewClick({ of: 'review', id, verb: 'show', row }), label }
}

function pageButton({ pageUrl }: ReviewCardFacts, row: number | undefined, { tasks }: Texts): Button[] {
  const url = row === undefined ? pageUrl : rowUrl(pageUrl, row)
  return url === undefined ? [] : [{ url, label: tasks.buttons.page }]
}

export function rowUrl(pageUrl: string | undefined, row: number): string | undefined {
  return pageUrl === undefined ? undefined : `${pageUrl}/rows/${row}`
}

function oneLine(value: unknown, chars: number): string {
  return clip(textToEdit(value).replaceAll(/\s+/g, ' ').trim(), chars)
}

/** Field ids of the dialog: outputs by their position, since their names may be anything. */
const FIELD = /^o(\d{1,2})$/

/** The dialog with the texts of a row's outputs. Undefined: each is too long for it. */
export function editForm(task: Pick<TaskView, 'id'>, row: ReviewedRow, texts: Texts): Form | undefined {
  const said = texts.review.form
  const fields = textsToEdit(row)
    .map(({ output, text }, i) => ({ output, text, id: `o${i}` }))
    .filter(({ text }) => text.length <= FIELD_CHARS)
    .slice(0, PROMPT_LIMITS.fields)
  if (fields.length === 0) return undefined
  return {
    id: reviewClick({ of: 'review', id: task.id, verb: 'edit', row: row.row, version: versionOf(row) }),
    title: clip(said.title(row.row), PROMPT_LIMITS.formTitleChars),
    submit: said.submit,
    fields: fields.map(({ output, text, id }) => {
      const kind = said.kinds[kindOf(machineValue(row, output))]
      const label = clip(output.trim() || '…', PROMPT_LIMITS.fieldLabelChars)
      return {
        type: 'text' as const,
        id,
        label,
        ...(kind !== '' && { hint: kind }),
        value: text,
        maxLength: FIELD_CHARS,
        isLong: true as const,
        optional: true as const,
      }
    }),
  }
}

/** What was typed into the dialog, by output. Spaces at the ends alone are no edit: platforms take them away. */
export function typedTexts(row: ReviewedRow, values: Record<string, string>): Record<string, string> {
  const all = textsToEdit(row)
  return Object.fromEntries(
    Object.entries(values).flatMap(([field, typed]): [string, string][] => {
      const shown = all[Number(FIELD.exec(field)?.[1] ?? -1)]
      return shown && shown.text.trim() !== typed.trim() ? [[shown.output, typed]] : []
    }),
  )
}

/** The field of an output. */
export function fieldOfOutput(row: ReviewedRow, output: string): string {
  return `o${textsToEdit(row).findIndex((one) => one.output === output)}`
}
