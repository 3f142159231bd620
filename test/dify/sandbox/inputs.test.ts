import { expect, test } from 'bun:test'
import { everyInput } from '../../../src/dify/sandbox/apps/every-input.ts'
import { productCopywriter } from '../../../src/dify/sandbox/apps/product-copywriter.ts'
import { SandboxFiles } from '../../../src/dify/sandbox/file-store.ts'
import { SignedLinks } from '../../../src/dify/sandbox/signed-links.ts'
import { checkedInputs } from '../../../src/dify/sandbox/inputs.ts'

const files = new SandboxFiles(new SignedLinks(() => '', 300))
const mine = files.add({ name: 'a.pdf', mimeType: 'text/plain', size: 1, sha256: '' }, 'me').id
const uploaded = (id: string) => ({ type: 'document', transfer_method: 'local_file', upload_file_id: id })
const remote = { type: 'image', transfer_method: 'remote_url', url: 'https://example.com/a.png' }

/** What is given for one variable, and what the real server makes of it or says to it. */
const TABLE: [variable: string, given: unknown, becomes: unknown][] = [
  ['short_text', 'abc', 'abc'],
  ['short_text', '', ''], // the server lets an empty required text through
  ['short_text', undefined, /is required in input form/],
  ['short_text', null, /is required in input form/],
  ['short_text', 42, /must be a string/],
  ['short_text', 'x'.repeat(49), /must be less than 48 characters/],
  ['short_text', '😀'.repeat(48), '😀'.repeat(48)], // counted in code points
  ['short_text', 'a\u0000b', 'ab'],
  ['choice', 'red', 'red'],
  ['choice', undefined, null],
  ['choice', 'pink', /must be one of the following: \['red', 'green', 'blue'\]/],
  ['choice', '', /must be one of/],
  ['amount', 3, 3],
  ['amount', undefined, 1],
  ['amount', '2.5', 2.5],
  ['amount', ' 7 ', 7],
  ['amount', '', null],
  ['amount', 'many', /must be a valid number/],
  ['amount', {}, /expected value type/],
  ['agreed', true, true],
  ['agreed', 'Yes', true],
  ['agreed', 'off', false],
  ['agreed', 0, false],
  ['agreed', 'maybe', 'maybe'],
  ['settings', { a: 1 }, { a: 1 }],
  ['settings', '{"a":1}', /must be a dict/],
  ['picture', remote, remote],
  ['picture', { ...remote, url: 'https://example.com/a.pdf' }, /Detected file type does not match/],
  [
    'picture',
    { ...remote, url: 'https://example.com/get?id=3' },
    { ...remote, url: 'https://example.com/get?id=3' },
  ],
  ['picture', { ...remote, url: 'no address' }, /Invalid file url/],
  ['picture', '', null],
  ['picture', 'https://example.com/a.png', /must be a file/],
  ['documents', [uploaded(mine)], [uploaded(mine)]],
  ['documents', [], []],
  ['documents', uploaded(mine), /must be a list of files/],
  ['documents', Array.from({ length: 4 }, () => uploaded(mine)), /must be less than 3 files/],
  ['documents', [uploaded('nothing')], /Invalid upload file/],
  ['documents', [{ ...uploaded(mine), type: 'image' }], /Detected file type does not match/],
  ['documents', [{ ...uploaded(mine), type: 'custom' }], /File validation failed/],
  ['documents', [remote], /File validation failed/],
]

for (const [variable, given, becomes] of TABLE) {
  const shown = JSON.stringify(given)?.slice(0, 40)
  test(`${variable} given ${shown} ${becomes instanceof RegExp ? `is refused: ${becomes.source}` : 'is taken'}`, () => {
    const check = () => checkedInputs(everyInput, { short_text: 'x', [variable]: given }, files, 'me')
    if (becomes instanceof RegExp) expect(check).toThrow(becomes)
    else expect(check()[variable]).toEqual(becomes)
  })
}

test('nobody sees the file of another user', () => {
  const inputs = { short_text: 'x', documents: [uploaded(mine)] }
  expect(() => checkedInputs(everyInput, inputs, files, 'other')).toThrow('Invalid upload file')
})

test('inputs that are not in the form are dropped', () => {
  const inputs = checkedInputs(productCopywriter, { name: 'a', features: 'b', colour: 'red' }, files, 'me')
  expect(Object.keys(inputs)).toEqual(['name', 'features', 'tone', 'max_words'])
})
