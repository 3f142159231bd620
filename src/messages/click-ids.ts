/** What a button, a select or a form of a draft asks for. */
export const DRAFT_VERBS = [
  'workflow', // select: which one
  'template',
  'sheet', // select
  'columns', // go to the columns
  'input', // select: which input is being mapped
  'column', // select: what feeds it
  'mapping', // form of a face that shows every input at once: which column feeds each
  'automatic', // map by the headings again
  'heading', // form: which row has the headings
  'file', // form: another file
  'marked', // a copy with the faults marked
  'concurrency', // selects
  'retries',
  'timeout',
  'exact', // form: exact values and the name
  'next',
  'back',
  'cancel',
  'start',
  'try', // start, and pause after the first row
] as const
export type DraftVerb = (typeof DRAFT_VERBS)[number]

export const TASK_VERBS = ['pause', 'stop', 'resume', 'retry', 'results', 'status'] as const
export type TaskVerb = (typeof TASK_VERBS)[number]

/** These open a Form: they are answered at once, since a platform opens a dialog only in the first 3 s of a click. */
const FORM_VERBS = new Set<DraftVerb>(['heading', 'file', 'exact'])

export type Click =
  | { of: 'draft'; id: string; nonce: string; verb: DraftVerb }
  | { of: 'task'; id: string; verb: TaskVerb }
  /** the form that begins a batch with a file */
  | { of: 'new' }

/** `draft:<id>:<nonce>:<verb>`. The nonce changes with every step, so that a click on an old message is known. */
export function draftClick({ id, nonce }: { id: string; nonce: string }, verb: DraftVerb): string {
  return `draft:${id}:${nonce}:${verb}`
}

/** `task:<id>:<verb>` */
export function taskClick(id: string, verb: TaskVerb): string {
  return `task:${id}:${verb}`
}

export const NEW_CLICK = 'new'

/** Undefined: not one of ours. */
export function parseClick(text: string): Click | undefined {
  if (text === NEW_CLICK) return { of: 'new' }
  const [of, id, ...rest] = text.split(':')
  if (!id) return undefined
  if (of === 'draft') {
    const [nonce, verb] = rest
    return nonce && rest.length === 2 && isOneOf(DRAFT_VERBS, verb) ? { of, id, nonce, verb } : undefined
  }
  if (of === 'task') {
    const [verb] = rest
    return rest.length === 1 && isOneOf(TASK_VERBS, verb) ? { of, id, verb } : undefined
  }
  return undefined
}

/** Whether this click is answered with a Form; every other may take seconds, so it is acknowledged first. */
export function opensForm(text: string): boolean {
  const click = parseClick(text)
  return click?.of === 'new' || (click?.of === 'draft' && FORM_VERBS.has(click.verb))
}

function isOneOf<T extends string>(allowed: readonly T[], text: string | undefined): text is T {
  return allowed.some((word) => word === text)
}
