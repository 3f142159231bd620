import { expect, test } from 'bun:test'
import { toText } from '../../src/db/json.ts'

const back = (value: unknown): unknown => JSON.parse(toText(value))

test.each([
  ['the six characters of an escape', { text: 'use \\u0000 here', '\\u0000': ['\\\\u0000'] }],
  ['a backslash before them', { text: '\\\\u0000n' }],
  ['quotes, emoji, lone surrogates and line ends', { text: '"😀" \\" \n\r\t 中' }],
  ['numbers, booleans, nulls and nesting', { a: [1, 1.5, true, null, { b: {} }], '': '' }],
])('%s come back as they were', (_, value) => {
  expect(back(value)).toEqual(value)
})

test('a NUL is taken out, of texts and of names, however deep', () => {
  expect(back({ 'a\0b': ['c\0d', { e: '\0' }] })).toEqual({ ab: ['cd', { e: '' }] })
})
