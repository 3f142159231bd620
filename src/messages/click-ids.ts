/** What a button, a select or a form of a draft does. */
export const DRAFT_VERBS = [
  'workbook', // select: which of several files is the sheet
  'workflow', // select: which one
  'search', // form: words to find one
  'compare', // show the select for a second one
  'against', // select: the workflow to compare with
  'template',
  'sheet', // select
  'columns', // go to the columns
  'input', // select: the input to map
  'column', // select: the column that feeds it
  'constant', // form: one value for all rows
  'mapping', // form with all inputs: which column feeds each
  'automatic', // map by the headings again
  'reading', // go to how the file is read
  'encoding', // selects of a CSV file
  'delimiter',
  'values', // select: shown or raw values
  'hidden', // select: all rows, or the visible ones
  'extent', // form: where the table is, and which rows
  'key', // form: the columns that name a row
  'asFound', // read the file as Rowbot would
  'file', // form: another file
  'marked', // download a copy with the faults marked
  'concurrency', // selects
  'retries',
  'timeout',
  'equal', // whether rows that send the same are called once: a button, on the page a select
  'exact', // form: exact values and the name
  'notify', // form: who else is notified of the end
  'files', // form: further files beside the sheet
  'onlyNew', // of a file that was sent before: run what is new
  'all', // run it all again
  'next',
  'back',
  'cancel',
  'start',
  'startAll', // compare all rows
  'try', // start, and pause after the first row
  'tryFive', // start, and pause after five rows that differ
  'sample', // form: the same with any number of rows
] as const
export type DraftVerb = (typeof DRAFT_VERBS)[number]

export const TASK_VERBS = [
  'pause',
  'stop',
  'resume',
  'raise', // the limit that it is paused at, and go on
  'retry',
  'again',
  'results',
  'status',
  'settings',
] as const
export type TaskVerb = (typeof TASK_VERBS)[number]

/** These open a Form, so they are answered at once: platforms open a dialog only within 3 s of a click. */
const FORM_VERBS = new Set<DraftVerb>([
  'search',
  'extent',
  'key',
  'constant',
  'file',
  'files',
  'exact',
  'notify',
  'sample',
])

export type Click =
  | { of: 'draft'; id: string; nonce: string; verb: DraftVerb }
  | TaskClick
  | QuestionClick
  | ReviewClick
  /** the form that starts a batch with a file */
  | { of: 'new' }

/** `endedAt`: when the task had ended as the message shows it, ms since 1970. Messages of before this was named have none. */
export interface TaskClick {
  of: 'task'
  id: string
  verb: TaskVerb
  endedAt?: number
}

/**
 * On the card of a form that a row waits for; `id` is the form’s. `give`: answer it with this of its actions; `fill`: the
 * same, but its fields come first, in a Form; `all`: select with an action for all that ask the same; `others`: whether
 * others may answer.
 */
export type QuestionClick = { of: 'question'; id: string } & (
  | { verb: 'give' | 'fill'; action: number }
  | { verb: 'all' | 'others' }
)

/**
 * On the card in which people look at rows of a task one by one; `id` is the task’s. `begin`: post it; `show`: a row, or
 * with 0 what came of all. The others are about an answer as the card shows it: see versionOf in engine/review.ts.
 */
export type ReviewClick = { of: 'review'; id: string } & (
  | { verb: 'begin' }
  | { verb: 'show'; row: number }
  | { verb: ReviewVerb; row: number; version: string }
)
export const REVIEW_VERBS = ['keep', 'edit', 'again', 'reset'] as const
export type ReviewVerb = (typeof REVIEW_VERBS)[number]

/** `draft:<id>:<nonce>:<verb>`. Each step has a new nonce, so that a click on an old message can be recognized. */
export function draftClick({ id, nonce }: { id: string; nonce: string }, verb: DraftVerb): string {
  return `draft:${id}:${nonce}:${verb}`
}

/** `task:<id>:<verb>`, `task:<id>:<verb>:<when it had ended>` */
export function taskClick(id: string, verb: TaskVerb, endedAt: number | null = null): string {
  return endedAt === null ? `task:${id}:${verb}` : `task:${id}:${verb}:${endedAt}`
}

/** `ask:<id>:<verb>`, `ask:<id>:<verb>:<action>` */
export function questionClick(click: Omit<QuestionClick, 'of'> & { action?: number }): string {
  const { id, verb, action } = click
  return action === undefined ? `ask:${id}:${verb}` : `ask:${id}:${verb}:${action}`
}

/** `look:<id>:<verb>`, `look:<id>:<verb>:<row>`, `look:<id>:<verb>:<row>:<version>` */
export function reviewClick(click: ReviewClick): string {
  const parts = [
    ...('row' in click ? [String(click.row)] : []),
    ...('version' in click ? [click.version] : []),
  ]
  return ['look', click.id, click.verb, ...parts].join(':')
}

export const NEW_CLICK = 'new'

/** Undefined: not one of our ids. */
export function parseClick(text: string): Click | undefined {
  if (text === NEW_CLICK) return { of: 'new' }
  const [of, id, ...rest] = text.split(':')
  if (!id) return undefined
  if (of === 'draft') {
    const [nonce, verb] = rest
    return nonce && rest.length === 2 && isOneOf(DRAFT_VERBS, verb) ? { of, id, nonce, verb } : undefined
  }
  if (of === 'ask') return parseQuestion(id, rest)
  if (of === 'look') return parseReview(id, rest)
  if (of === 'task') return parseTask(id, rest)
  return undefined
}

function parseTask(id: string, [verb, end, ...more]: string[]): TaskClick | undefined {
  if (more.length > 0 || !isOneOf(TASK_VERBS, verb)) return undefined
  if (end === undefined) return { of: 'task', id, verb }
  return /^\d{1,15}$/.test(end) ? { of: 'task', id, verb, endedAt: Number(end) } : undefined
}

function parseQuestion(id: string, [verb, number, ...more]: string[]): QuestionClick | undefined {
  if (more.length > 0) return undefined
  const action = /^\d{1,3}$/.test(number ?? '') ? Number(number) : undefined
  if (verb === 'give' || verb === 'fill')
    return action === undefined ? undefined : { of: 'question', id, verb, action }
  return (verb === 'all' || verb === 'others') && number === undefined
    ? { of: 'question', id, verb }
    : undefined
}

function parseReview(id: string, [verb, number, version, ...more]: string[]): ReviewClick | undefined {
  if (more.length > 0) return undefined
  if (verb === 'begin') return number === undefined ? { of: 'review', id, verb } : undefined
  if (!/^\d{1,7}$/.test(number ?? '')) return undefined
  const row = Number(number)
  if (verb === 'show') return version === undefined ? { of: 'review', id, verb, row } : undefined
  return version !== undefined && isOneOf(REVIEW_VERBS, verb)
    ? { of: 'review', id, verb, row, version }
    : undefined
}

/** True if the click is answered with a Form. Any other may take seconds, so it is acknowledged first. */
export function opensForm(text: string): boolean {
  const click = parseClick(text)
  if (click?.of === 'question') return click.verb === 'fill'
  if (click?.of === 'review') return click.verb === 'edit'
  return click?.of === 'new' || (click?.of === 'draft' && FORM_VERBS.has(click.verb))
}

function isOneOf<T extends string>(allowed: readonly T[], text: string | undefined): text is T {
  return allowed.some((word) => word === text)
}
