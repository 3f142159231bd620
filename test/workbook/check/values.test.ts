import { expect, test } from 'bun:test'
import type { Variable } from '../../../src/engine/workflow.ts'
import { SEVERITY } from '../../../src/workbook/fault.ts'
import { sentence } from '../../../src/workbook/fault-text.ts'
import { prepare } from '../../../src/workbook/check/prepare.ts'
import type { Value } from '../../../src/workbook/read/value.ts'
import { variable } from '../support/variables.ts'

/** What is sent for a cell; `nothing` where nothing is, the fault’s code and sentence where it cannot be. */
function sent(value: Value, of: Variable, fileHosts: string[] = []): unknown {
  const { inputs, faults } = prepare({ row: 2, cells: [value] }, [of], { [of.name]: 0 }, { fileHosts })
  const fault = faults.map(({ fault }) => fault).find(({ code }) => SEVERITY[code] !== 'nothing')
  if (fault) return `${fault.code}: ${Object.values(sentence(fault)).join(' ')}`
  return of.name in inputs ? inputs[of.name] : 'nothing'
}

const text = variable('text-input', { maxLength: 5 })
const tone = variable('select', { options: ['formal', 'casual', '1'] })
const PICKY = ['Reply \u200b', 'True', 'False', '1.0', '2.0', 'zh-CN', 'Yes', 'yes']
const picky = variable('select', { options: PICKY })
const number = variable('number')
const checkbox = variable('checkbox')
const json = variable('json_object')
const image = variable('file', { fileTypes: ['image'] })
const files = variable('file-list', {
  fileTypes: ['image', 'custom'],
  fileExtensions: ['.psd'],
  maxLength: 2,
})

const CASES: [string, Value, Variable, unknown][] = [
  ['text stays as it is', ' a b ', text, ' a b '],
  ['zeros in front stay', '00123', text, '00123'],
  ['a number becomes the text that is seen', 0.3, text, '0.3'],
  ['a small number has no exponent', 1e-7, variable('text-input'), '0.0000001'],
  ['a great number has none either', 1.5e21, variable('text-input'), '1500000000000000000000'],
  ['a padded number comes as it is shown', { number: 7, shown: '007' }, text, '007'],
  ['a boolean becomes the word that is seen', true, text, 'TRUE'],
  ['NUL is left out, as the server does', 'a\0b', text, 'ab'],
  ['length counts characters, not halves of them', '😀😀😀😀😀', text, '😀😀😀😀😀'],
  ['a text too long', 'abcdef', text, 'too-long: 6 characters; Value takes 5.'],
  ['a length of 0 is no limit', 'abcdef', variable('paragraph', { maxLength: 0 }), 'abcdef'],
  ['empty and optional', null, text, 'nothing'],
  ['spaces only are empty', '  \n', tone, 'nothing'],
  ['empty and required', null, { ...text, required: true }, 'required: Value is empty, and it is required.'],
  [
    'an error',
    { error: '#N/A' },
    text,
    'error-cell: The cell shows the error #N/A. Correct its formula, or type the value.',
  ],
  [
    'a formula never calculated',
    { uncalculated: true },
    text,
    'uncalculated: The cell’s formula was never calculated. Open the file in Excel, save it, and send it again.',
  ],
  ['an option', 'casual', tone, 'casual'],
  ['a number that is an option', 1, tone, '1'],
  ['a slip', 'casul', tone, 'not-an-option: “casul” is not one of formal, casual, 1. Did you mean “casual”?'],
  ['another case', 'Formal', tone, 'formal'],
  ['spaces and invisible characters around it', '\u00a0formal\u200b ', tone, 'formal'],
  ['full-width letters', 'ｃａｓｕａｌ', tone, 'casual'],
  ['an option that ends in an invisible blank', 'reply', picky, 'Reply \u200b'],
  ['Excel’s TRUE', true, picky, 'True'],
  ['a number that is written otherwise', 1, picky, '1.0'],
  ['a language in lower case', 'zh-cn', picky, 'zh-CN'],
  ['an option as it is written, where another differs only in case', 'Yes', picky, 'Yes'],
  [
    'what matches two options but for its case',
    'YES',
    picky,
    `not-an-option: “YES” is not one of ${PICKY.join(', ').replaceAll(/\s+/g, ' ')}. Did you mean “Yes”?`,
  ],
  [
    'empty, where the app’s own default is refused',
    null,
    { ...tone, required: true, default: '' },
    'refused-default: Value is empty, and the app’s default is not one of its options. Fill in one of them.',
  ],
  [
    'a long id that was written in full',
    { number: 1234567890123456800, shown: '1234567890123456789', raw: '1234567890123456789' },
    number,
    '1234567890123456789',
  ],
  ['no option at all', 'xyz', tone, 'not-an-option: “xyz” is not one of formal, casual, 1.'],
  ['a number', 12.5, number, 12.5],
  ['a number as text', ' 12.5 ', number, 12.5],
  ['a full-width number', '１２', number, 12],
  ['a padded number', { number: 7, shown: '007' }, number, 7],
  ['a whole number too long for a double', '12345678901234567890', number, '12345678901234567890'],
  [
    'an exponent, which Python’s int() does not take',
    '1e5',
    number,
    'not-a-number: “1e5” is not a number; Value takes one. Did you mean “100000”?',
  ],
  [
    'a number with a unit',
    '12 kg',
    number,
    'not-a-number: “12 kg” is not a number; Value takes one. Did you mean “12”?',
  ],
  [
    'thousands',
    '1,204',
    number,
    'not-a-number: “1,204” is not a number; Value takes one. Did you mean “1204”?',
  ],
  ['a boolean for a number', true, number, 'not-a-number: “TRUE” is not a number; Value takes one.'],
  [
    'a date for a number',
    '2026-01-31',
    number,
    'not-a-number: “2026-01-31” is not a number; Value takes one.',
  ],
  ...['true', 'YES', ' on ', '1', '是', '✓'].map((word): [string, Value, Variable, unknown] => [
    `yes as ${word}`,
    word,
    checkbox,
    true,
  ]),
  ...['false', 'No', 'off', '0', '否'].map((word): [string, Value, Variable, unknown] => [
    `no as ${word}`,
    word,
    checkbox,
    false,
  ]),
  ['one', 1, checkbox, true],
  ['a boolean', false, checkbox, false],
  [
    'another word',
    'maybe',
    checkbox,
    'not-yes-or-no: “maybe” is neither yes nor no. Value takes yes or no, true or false, 1 or 0.',
  ],
  ['an object', '{"a": [1]}', json, { a: [1] }],
  [
    'a list',
    '[1]',
    json,
    'not-a-json-object: “[1]” is not a JSON object. Write an object, such as {"colour": "red"}.',
  ],
  [
    'a number alone',
    12,
    json,
    'not-a-json-object: “12” is not a JSON object. Write an object, such as {"colour": "red"}.',
  ],
  [
    'curly quotation marks',
    '{“a”: 1}',
    json,
    'not-json: “{“a”: 1}” is not JSON. JSON takes straight quotation marks ("), not curly ones (“ ”).',
  ],
  ['an image', 'https://a.com/b.PNG?x=1', image, file('image', 'https://a.com/b.PNG?x=1')],
  ['an address that does not tell', 'https://a.com/get?id=3', image, file('image', 'https://a.com/get?id=3')],
  [
    'no address',
    'b.png',
    image,
    'no-files: “b.png” is the name of a file, and no files came along with the sheet. Send the file along with the sheet, or give an address that begins with https://.',
  ],
  [
    'a local path',
    'file:///etc/passwd',
    image,
    'not-an-address: “file:///etc/passwd” is not the address of a file. Give an address that begins with https://.',
  ],
  [
    'plain http',
    'http://a.com/b.png',
    image,
    'not-https: “http://a.com/b.png” does not begin with https://. Give an address that does.',
  ],
  [
    'another kind of file',
    'https://a.com/b.pdf',
    image,
    'file-type: “https://a.com/b.pdf” is not a file that Value takes: image.',
  ],
  [
    'files with a comma',
    'https://a.com/1,2.png, https://a.com/b.psd',
    files,
    [file('image', 'https://a.com/1,2.png'), file('custom', 'https://a.com/b.psd')],
  ],
  [
    'files with line breaks',
    'https://a.com/1.png\n\nhttps://a.com/2.png\n',
    files,
    [file('image', 'https://a.com/1.png'), file('image', 'https://a.com/2.png')],
  ],
  [
    'files without spaces',
    'https://a.com/1.png;https://a.com/2.png',
    files,
    [file('image', 'https://a.com/1.png'), file('image', 'https://a.com/2.png')],
  ],
  [
    'too many files',
    'https://a.com/1.png https://a.com/2.png https://a.com/3.png',
    files,
    'too-many-files: 3 files; Value takes 2.',
  ],
  [
    'two files for one',
    'https://a.com/1.png,https://a.com/2.png',
    image,
    'too-many-files: 2 files; Value takes 1.',
  ],
  [
    'a comma alone for files',
    ' , ',
    files,
    'not-an-address: “,” is not the address of a file. Give an address that begins with https://.',
  ],
  [
    'a share link and another in one cell',
    'https://www.dropbox.com/s/x/1.png?dl=0\nhttps://a.com/2.png',
    files,
    [file('image', 'https://www.dropbox.com/s/x/1.png?dl=1'), file('image', 'https://a.com/2.png')],
  ],
  [
    'a share link to a document, which is exported',
    'https://docs.google.com/document/d/abc/edit',
    variable('file', { fileTypes: ['image', 'document'] }),
    file('document', 'https://docs.google.com/document/d/abc/export?format=pdf'),
  ],
  [
    'a share link to a document for an image',
    'https://docs.google.com/document/d/abc/edit',
    image,
    'file-type: “https://docs.google.com/document/d/abc/…” is not a file that Value takes: image.',
  ],
  [
    'a share link to a folder',
    'https://drive.google.com/drive/folders/abc',
    files,
    'share-folder: “https://drive.google.com/drive/folders/…” is a link to a folder of Google Drive. Give the link of the file itself.',
  ],
  [
    'a link to a page of a service',
    'https://1drv.ms/b/s!Abc',
    files,
    'share-page: “https://1drv.ms/b/s!Abc” opens a page of OneDrive, not a file. Give an address that downloads the file.',
  ],
  ['any file', 'https://a.com/b.pdf', variable('file'), file('document', 'https://a.com/b.pdf')],
  [
    'an address that does not tell, where documents are taken, too',
    'https://a.com/get?id=3',
    variable('file', { fileTypes: ['image', 'document'] }),
    file('document', 'https://a.com/get?id=3'),
  ],
  [
    'an address that does not tell, where images and audio are taken',
    'https://a.com/get?id=3',
    variable('file', { fileTypes: ['image', 'audio'] }),
    file('image', 'https://a.com/get?id=3'),
  ],
  ['a file of no known kind', 'https://a.com/b.xyz', variable('file'), file('custom', 'https://a.com/b.xyz')],
]

test.each(CASES)('%s', (_, value, of, expected) => {
  expect(sent(value, of)).toEqual(expected)
})

test('plain http is taken where the settings say so', () => {
  expect(sent('http://a.com/b.png', image, ['a.com'])).toEqual(file('image', 'http://a.com/b.png'))
})

test('a share link that was turned into its download is noted, once a cell and service', () => {
  const cell = 'https://www.dropbox.com/s/x/1.png?dl=0 https://www.dropbox.com/s/x/2.png?dl=0'
  const row = { row: 2, cells: [cell, 'https://docs.google.com/spreadsheets/d/abc/edit'] }
  const sheet = variable('file', { name: 'sheet', label: 'Sheet' })
  const { faults } = prepare(row, [files, sheet], { value: 0, sheet: 1 }, { fileHosts: [] })
  expect(faults.map(({ fault, column }) => [column, sentence(fault).message])).toEqual([
    [0, 'Share links of Dropbox are sent as links to the download.'],
    [1, 'Share links of Google Sheets are sent as links to the download, as Excel.'],
  ])
})

test('a type of file that is only guessed is noted, but not where an input takes one alone', () => {
  const notes = (fileTypes: Variable['fileTypes'], address: string) => {
    const of = variable('file', fileTypes ? { fileTypes } : {})
    const { faults } = prepare({ row: 2, cells: [address] }, [of], { value: 0 }, { fileHosts: [] })
    return faults.map(({ fault }) => sentence(fault).message)
  }
  const guessed = ['The address does not tell the type of its file: it is sent as a document.']
  expect(notes(['image', 'document'], 'https://a.com/get?id=3')).toEqual(guessed)
  expect(notes(undefined, 'https://a.com/get?id=3')).toEqual(guessed)
  expect(notes(['image'], 'https://a.com/get?id=3')).toEqual([])
  expect(notes(['image', 'document'], 'https://a.com/a.pdf')).toEqual([])
})

test('an object must fit its schema, given as an object or as its text', () => {
  const schema = { type: 'object', properties: { size: { type: 'number' } }, required: ['size'] }
  for (const jsonSchema of [schema, JSON.stringify(schema)]) {
    const sized = variable('json_object', { jsonSchema })
    expect(sent('{"size": 3}', sized)).toEqual({ size: 3 })
    expect(sent('{"size": "L"}', sized)).toStartWith('json-schema: Value, at size: ')
  }
  expect(sent('{"a": 1}', variable('json_object', { jsonSchema: 'no schema' }))).toEqual({ a: 1 })
})

test('a number of more than 15 digits is sent, and told of', () => {
  const { inputs, faults } = prepare(
    { row: 2, cells: [1234567890123456] },
    [text],
    { value: 0 },
    { fileHosts: [] },
  )
  expect(inputs).toEqual({})
  expect(faults.map(({ fault }) => fault.code)).toEqual(['too-long', 'long-number'])
})

function file(type: string, url: string) {
  return { type, transfer_method: 'remote_url', url }
}
