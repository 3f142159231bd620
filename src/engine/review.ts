import { say } from './sentence.ts'
import { createHash } from 'node:crypto'
import type { Edits } from './edits.ts'
import { filesIn } from './output-files.ts'
import type { Outputs } from './task.ts'
import { UserError } from './user-error.ts'

/*
 * A review is what a person has said of a row's answer: values of their own in place of outputs, or that they found it
 * right. It stands beside the answer, which is never overwritten, and it ends with it: a new answer has none.
 */

/** What the outputs are in the end: the person's values where there are some. */
export function reviewedOutputs(outputs: Outputs | null, edits: Edits = {}): Outputs | null {
  const names = Object.keys(edits)
  if (names.length === 0) return outputs
  return {
    ...outputs,
    ...Object.fromEntries(Object.entries(edits).map(([name, { value }]) => [name, value])),
  }
}

/** An answer and what was said of it, as somebody sees it. Whoever acts on another one is refused. */
export interface SeenAnswer {
  attempts: number
  finishedAt: number | null
  outputs: Outputs | null
  edits?: Edits | undefined
}

/** Short enough for the id of a button. */
export function versionOf({ attempts, finishedAt, outputs, edits = {} }: SeenAnswer): string {
  const seen = JSON.stringify([attempts, finishedAt, outputs, edits])
  return createHash('sha256').update(seen).digest('base64url').slice(0, 10)
}

/** What a value is: a person's must be the same. */
export type ValueKind = 'text' | 'number' | 'boolean' | 'list' | 'object'

export function kindOf(value: unknown): ValueKind {
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  if (Array.isArray(value)) return 'list'
  return typeof value === 'object' && value !== null ? 'object' : 'text'
}

/** As a person edits it: text as it is, anything else as JSON. */
export function textToEdit(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
}

/** A browser sends the line breaks of a form as CR LF, whatever they were. */
export function withNewlines(text: string): string {
  return text.replaceAll('\r\n', '\n')
}

/** An output with files in it cannot be edited: its text is only what Dify says of them. */
export function hasFiles(value: unknown): boolean {
  return filesIn({ value }).length > 0
}

/** The text is no value of the output's kind. */
export class WrongKind extends UserError {
  constructor(
    readonly output: string,
    readonly kind: ValueKind,
  ) {
    super(say('must-stay', { output, kind: say(`kind-${kind}`) }), say(`do-write-${kind}`))
  }
}

/** JSON's own numbers, and nothing that only looks like one. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/**
 * The value that a person's text stands for: of the same kind as the one before.
 * @throws WrongKind
 */
export function editedValue(output: string, text: string, before: unknown): unknown {
  const kind = kindOf(before)
  const trimmed = text.trim()
  switch (kind) {
    case 'text':
      return text
    case 'number': {
      const value = Number(trimmed)
      if (NUMBER.test(trimmed) && Number.isFinite(value)) return value
      break
    }
    case 'boolean':
      if (/^(?:true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === 'true'
      break
    case 'list':
    case 'object': {
      const value = parsed(trimmed)
      if (value !== undefined && kindOf(value) === kind) return value
    }
  }
  throw new WrongKind(output, kind)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
