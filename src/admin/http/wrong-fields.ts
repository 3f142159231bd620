import type { ValidationError } from 'elysia'
import { z } from 'zod'
import { type Coded, readSentence, say, type Sentence, storedSentence } from '../../engine/sentence.ts'

/** What is wrong with each field of a request that a schema refuses, in no language yet; never a field's value. */
export function wrongFields(error: ValidationError): Sentence[] {
  const { value } = error
  const validator: object = error.validator
  const schema: unknown = 'schema' in validator ? validator.schema : validator // Elysia wraps it
  const issues = schema instanceof z.ZodType ? schema.safeParse(value).error?.issues : undefined
  if (!issues) return [say('is-invalid')]
  return issues.map((issue) => {
    const field = issue.path.map(String).join('.')
    const says = saysOf(issue, value)
    return field === '' ? says : say('field-says', { field, says })
  })
}

/** The message of a schema's own rule. Zod takes a text, so the sentence is written as it is stored. */
export function asMessage(sentence: Coded): string {
  return storedSentence(sentence) ?? ''
}

function saysOf(issue: z.core.$ZodIssue, sent: unknown): Sentence {
  const { message } = issue
  // Nothing that Zod or a sender writes begins so: asMessage has written it.
  if (message.startsWith('{"code":')) return readSentence(message, message)
  switch (issue.code) {
    case 'invalid_type':
      if (valueAt(sent, issue.path) === undefined) return say('field-missing')
      return say(KINDS[issue.expected] ?? 'is-invalid')
    case 'invalid_value': {
      const choices = issue.values.map(String)
      const [only = ''] = choices
      return choices.length === 1 ? say('must-be-just', { value: only }) : say('must-be-one-of', { choices })
    }
    case 'too_big': {
      const most = Number(issue.maximum)
      if (issue.origin === 'string') return say('at-most-characters', { most })
      return say(LISTS.has(issue.origin) ? 'at-most-entries' : 'must-be-at-most', { most })
    }
    case 'too_small': {
      const count = Number(issue.minimum)
      const isList = LISTS.has(issue.origin)
      if (count === 1 && (isList || issue.origin === 'string')) return say('must-not-be-empty')
      if (issue.origin === 'string') return say('at-least-characters', { count })
      return say(isList ? 'at-least-entries' : 'must-be-at-least', { count })
    }
    case 'invalid_format':
      return say(issue.format === 'url' ? 'must-be-url' : 'must-have-form')
    case 'unrecognized_keys':
      return say('name-not-known', { name: issue.keys.join(', ') })
    case 'custom':
    case 'invalid_element':
    case 'invalid_key':
    case 'invalid_union':
    case 'not_multiple_of':
      return say('is-invalid')
  }
}

const LISTS = new Set(['array', 'set', 'map', 'record', 'object'])

const KINDS: Partial<Record<string, (typeof KIND_CODES)[number]>> = {
  string: 'must-be-text',
  number: 'must-be-number',
  int: 'must-be-whole',
  boolean: 'must-be-boolean',
  array: 'must-be-list',
  tuple: 'must-be-list',
  object: 'must-be-object',
  record: 'must-be-object',
  file: 'must-be-file',
}
const KIND_CODES = [
  'must-be-text',
  'must-be-number',
  'must-be-whole',
  'must-be-boolean',
  'must-be-list',
  'must-be-object',
  'must-be-file',
] as const

function valueAt(sent: unknown, path: PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    sent,
  )
}
