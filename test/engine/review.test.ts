import { describe, expect, test } from 'bun:test'
import {
  editedValue,
  hasFiles,
  reviewedOutputs,
  textToEdit,
  versionOf,
  WrongKind,
} from '../../src/engine/review.ts'

describe('a text becomes a value of the kind that was there', () => {
  test.each([
    ['text', 'a lamp', 'any text ', 'any text '],
    ['text that looks like a number', '007', '12', '12'],
    ['nothing at all', null, 'a lamp', 'a lamp'],
    ['an output that the row lacks', undefined, 'a lamp', 'a lamp'],
    ['a number', 3, ' 12.5 ', 12.5],
    ['a negative number', 3, '-1e3', -1000],
    ['a truth value', false, 'True', true],
    ['a list', ['a'], '["b", 2]', ['b', 2]],
    ['an object', { a: 1 }, '{"b": {"c": null}}', { b: { c: null } }],
  ])('%s', (_, before, text, value) => {
    expect(editedValue('copy', text, before)).toEqual(value)
  })

  test.each([
    ['a number with a unit', 3, '12 kg'],
    ['a number with a comma', 3, '12,5'],
    ['a hexadecimal number', 3, '0x10'],
    ['no number', 3, ''],
    ['one too large', 3, '1e999'],
    ['neither true nor false', true, 'yes'],
    ['no JSON', ['a'], 'a, b'],
    ['an object in place of a list', ['a'], '{"a": 1}'],
    ['a list in place of an object', { a: 1 }, '[1]'],
    ['null in place of an object', { a: 1 }, 'null'],
  ])('%s is refused, in a sentence that names the output', (_, before, text) => {
    const edit = () => editedValue('copy', text, before)
    expect(edit).toThrow(WrongKind)
    expect(edit).toThrow('“copy” must stay ')
  })
})

test('what is edited is the text itself, or readable JSON', () => {
  expect([textToEdit('a\nb'), textToEdit(12.5), textToEdit(null)]).toEqual(['a\nb', '12.5', ''])
  expect(textToEdit({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}')
  const value = { deep: ['x', { y: 0.1 }] }
  expect(editedValue('copy', textToEdit(value), value)).toEqual(value)
})

test('a file among the values is found at any depth', () => {
  const file = { dify_model_identity: '__dify__file__', filename: 'a.png', url: 'http://x/a.png' }
  expect([hasFiles(file), hasFiles([{ inner: [file] }]), hasFiles({ name: 'a.png' })]).toEqual([
    true,
    true,
    false,
  ])
})

test('a person’s values stand in place of the machine’s, which stay as they are', () => {
  const outputs = { copy: 'machine', title: 'T' }
  const edits = { copy: { value: 'person', by: 'Mei', at: 1 }, missing: { value: 1, by: 'Mei', at: 1 } }
  expect(reviewedOutputs(outputs, edits)).toEqual({ copy: 'person', title: 'T', missing: 1 })
  expect(outputs.copy).toBe('machine')
  expect(reviewedOutputs(null)).toBeNull()
})

test('the version of an answer changes with each call, each value and each edit', () => {
  const answer = { attempts: 1, finishedAt: 5, outputs: { copy: 'a' } }
  const edits = { copy: { value: 'b', by: 'Mei', at: 1 } }
  const versions = [
    answer,
    { ...answer, attempts: 2 },
    { ...answer, finishedAt: 6 },
    { ...answer, outputs: { copy: 'b' } },
    { ...answer, edits },
    { ...answer, edits: { copy: { ...edits.copy, at: 2 } } },
  ].map(versionOf)
  expect(new Set(versions).size).toBe(versions.length)
  expect(versionOf({ ...answer, edits: {} })).toBe(versionOf(answer))
})
