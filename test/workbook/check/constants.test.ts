import { expect, test } from 'bun:test'
import { defaultOf } from '../../../src/workbook/check/defaults.ts'
import { constantsSent } from '../../../src/workbook/check/constants.ts'
import { inputHash } from '../../../src/engine/input-hash.ts'
import type { UploadFile } from '../../../src/workbook/types.ts'
import { checked, prepared } from '../support/inspect.ts'
import { variable } from '../support/variables.ts'

const text = variable('text-input', { name: 'text', label: 'Text', required: true })
const tone = variable('select', {
  name: 'tone',
  label: 'Tone',
  options: ['formal', 'casual'],
  default: 'formal',
})

const sheet = (lines: string): UploadFile => ({ name: 'a.csv', bytes: new TextEncoder().encode(lines) })

test('an input without a column gets the workflow’s own default, and it is said', async () => {
  const file = sheet('Text\nhello\nbye')
  const options = { variables: [text, tone] }
  expect((await prepared(file, options)).map(({ inputs }) => inputs)).toEqual([
    { text: 'hello', tone: 'formal' },
    { text: 'bye', tone: 'formal' },
  ])
  const { constants, faults, good } = await checked(file, options)
  expect([good, faults]).toEqual([2, []])
  expect(constants).toEqual([{ name: 'tone', label: 'Tone', text: 'formal', isDefault: true }])
})

test('a required input with a default needs no column, as Rowbot sends the default itself', async () => {
  const file = sheet('Text\nhello')
  const options = { variables: [text, { ...tone, required: true }] }
  expect(await checked(file, options)).toMatchObject({ good: 1, faults: [] })
  expect((await prepared(file, options))[0]?.inputs).toEqual({ text: 'hello', tone: 'formal' })
})

test('a value for all rows comes before the default, and a column before both', async () => {
  const file = sheet('Text,Tone\nhello,casual')
  const given = { variables: [text, tone], constants: { tone: 'FORMAL' } }
  expect((await prepared(file, given))[0]?.inputs).toEqual({ text: 'hello', tone: 'casual' })
  expect((await checked(file, given)).constants).toEqual([])
  const unmapped = { ...given, mapping: { tone: null } }
  expect((await prepared(file, unmapped))[0]?.inputs).toEqual({ text: 'hello', tone: 'formal' })
  expect((await checked(file, unmapped)).constants).toEqual([{ name: 'tone', label: 'Tone', text: 'formal' }])
})

test('an empty cell is not replaced by the default: of a required input it stops its row', async () => {
  const file = sheet('Text,Tone\nhello,\nbye,casual')
  const optional = await prepared(file, { variables: [text, tone] })
  expect(optional.map(({ inputs }) => inputs)).toEqual([{ text: 'hello' }, { text: 'bye', tone: 'casual' }])
  const required = { variables: [text, { ...tone, required: true }], constants: { tone: 'formal' } }
  const { good, faults } = await checked(file, required)
  expect([good, faults.map(({ code, cells }) => [code, cells])]).toEqual([1, [['required', ['B2']]]])
})

test('a column that may be meant is asked about, even if there is a default', async () => {
  const found = await checked(sheet('Text,Tones\nhello,casual'), { variables: [text, tone] })
  expect(found.faults.map(({ code }) => code)).toEqual(['near-column'])
})

test('a question can be the same for all rows, also where no column feeds anything', async () => {
  const query = variable('paragraph', { name: 'query', label: 'Question', required: true })
  const topic = variable('text-input', { name: 'topic', label: 'Topic' })
  const constants = { query: 'go' }
  const fed = sheet('Topic\ntea\ncoffee')
  expect(await checked(fed, { variables: [query, topic], constants })).toMatchObject({ good: 2, faults: [] })
  expect((await prepared(fed, { variables: [query, topic], constants })).map(({ inputs }) => inputs)).toEqual(
    [
      { query: 'go', topic: 'tea' },
      { query: 'go', topic: 'coffee' },
    ],
  )
  const other = sheet('Colour,Size\nred,1\nblue,2')
  const alone = await checked(other, { variables: [query, topic], constants })
  expect([alone.good, alone.equal, alone.faults.map(({ code }) => code)]).toEqual([2, 1, ['only-constants']])
  const empty = await checked(sheet('Colour\n'), { variables: [query], constants })
  expect([empty.good, empty.faults.map(({ code }) => code)]).toEqual([0, ['no-rows', 'only-constants']])
  const none = await checked(other, { variables: [topic, tone] })
  expect([none.good, none.faults.map(({ code }) => code)]).toEqual([0, ['nothing-fed']])
})

test('the default is part of what a row is known by, as it is sent', async () => {
  const file = sheet('Text\nhello')
  const hashes = async (byDefault: string) =>
    (await prepared(file, { variables: [text, { ...tone, default: byDefault }] })).map(
      ({ inputs }) => inputs && inputHash(inputs),
    )
  expect(await hashes('formal')).not.toEqual(await hashes('casual'))
  const given = await prepared(file, { variables: [text, tone], constants: { tone: 'formal' } })
  expect(given.map(({ inputs }) => inputs && inputHash(inputs))).toEqual(await hashes('formal'))
})

test.each([
  ['a number', variable('number', { default: 3 }), { text: '3', value: 3 }],
  ['a number that is text', variable('number', { default: '2.5' }), { text: '2.5', value: 2.5 }],
  ['a box', variable('checkbox', { default: false }), { text: 'false', value: false }],
  ['a box that is text', variable('checkbox', { default: 'true' }), { text: 'true', value: true }],
  ['text of several lines', variable('paragraph', { default: 'a\nb' }), { text: 'a\nb', value: 'a\nb' }],
  [
    'an object',
    variable('json_object', { default: { depth: 2 } }),
    { text: '{"depth":2}', value: { depth: 2 } },
  ],
  [
    'an object that is text',
    variable('json_object', { default: '{"depth":2}' }),
    { text: '{"depth":2}', value: { depth: 2 } },
  ],
  // What Dify itself would refuse, or what only Dify can use.
  ['an option that is gone', variable('select', { options: ['a'], default: 'b' }), undefined],
  ['a text that is too long', variable('text-input', { maxLength: 2, default: 'abc' }), undefined],
  ['a word for a number', variable('number', { default: 'many' }), undefined],
  ['a file', variable('file', { default: { upload_file_id: 'x' } }), undefined],
  ['blanks', variable('text-input', { default: ' ' }), undefined],
  ['nothing', variable('text-input'), undefined],
])('a default may be %s', (_name, one, expected) => {
  expect(defaultOf(one)).toEqual(expected)
})

test('what is sent to all rows is listed as it is sent, and files as they were named', () => {
  const picture = variable('file', { name: 'picture', label: ' ' })
  const given = { tone: ' Casual', picture: ' https://a.com/a.png ', size: '１２', gone: 'x' }
  const size = variable('number', { name: 'size', label: 'Size' })
  expect(constantsSent([text, tone, picture, size], { text: 0 }, given)).toEqual([
    { name: 'tone', label: 'Tone', text: 'casual' },
    { name: 'picture', label: 'picture', text: 'https://a.com/a.png' },
    { name: 'size', label: 'Size', text: '12' },
  ])
})
