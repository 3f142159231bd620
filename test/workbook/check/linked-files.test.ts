import { expect, test } from 'bun:test'
import type { Variable } from '../../../src/engine/workflow.ts'
import { SEVERITY } from '../../../src/workbook/fault.ts'
import { sentence } from '../../../src/workbook/fault-text.ts'
import { prepare } from '../../../src/workbook/check/prepare.ts'
import type { Value } from '../../../src/workbook/read/value.ts'
import { fixture } from '../support/fixture.ts'
import { prepared } from '../support/inspect.ts'
import { variable } from '../support/variables.ts'

const image = variable('file', { fileTypes: ['image'] })
const either = variable('file', { fileTypes: ['image', 'document'] })
const files = variable('file-list', { fileTypes: ['image'], maxLength: 2 })

/** The addresses that are sent, or the sentence of the fault. */
function sent(value: Value, link: string, of: Variable): unknown {
  const row = { row: 2, cells: [value], links: new Map([[0, link]]) }
  const { inputs, faults } = prepare(row, [of], { [of.name]: 0 }, { fileHosts: [] })
  const fault = faults.find(({ fault: { code } }) => SEVERITY[code] !== 'nothing')
  return fault ? sentence(fault.fault).message : (inputs[of.name] ?? 'nothing')
}

function file(type: string, url: string) {
  return { type, transfer_method: 'remote_url', url }
}

const A = 'https://a.com/a.png'
const B = 'https://a.com/b.png'

test.each<[string, Value, string, Variable, unknown]>([
  ['the link behind a text is sent', 'the picture', A, image, file('image', A)],
  ['and behind a number', 4711, A, image, file('image', A)],
  ['an address in the cell counts, not an old link under it', B, A, image, file('image', B)],
  ['a link that is left in an empty cell is not sent', null, A, image, 'nothing'],
  ['nor one under spaces', '  ', A, image, 'nothing'],
  [
    'a formula that leads somewhere need not be calculated',
    { uncalculated: true },
    A,
    image,
    file('image', A),
  ],
  ['an error is one', { error: '#VALUE!' }, A, image, 'The cell shows the error #VALUE!.'],
  [
    'a link to a file on a disk is the name of one',
    'picture',
    'file:///c:/a.png',
    image,
    '“file:///c:/a.png” is the name of a file, and no files came along with the sheet.',
  ],
  [
    'a link is checked as an address',
    'picture',
    'ftp://a.com/a.png',
    image,
    '“ftp://a.com/a.png” is not the address of a file.',
  ],
  [
    'also for its type',
    'the picture.png',
    'https://a.com/a.pdf',
    image,
    '“https://a.com/a.pdf” is not a file that Value takes: image.',
  ],
  [
    'also for http',
    'picture',
    'http://a.com/a.png',
    image,
    '“http://a.com/a.png” does not begin with https://.',
  ],
  [
    'the text’s ending tells the type, where the link’s does not',
    'Bill.PDF',
    'https://a.com/get?id=3',
    either,
    file('document', 'https://a.com/get?id=3'),
  ],
  [
    'a number is no ending',
    'Bill no.5',
    'https://a.com/get?id=3',
    either,
    file('document', 'https://a.com/get?id=3'),
  ],
  ['a list has the link, too', 'the picture', A, files, [file('image', A)]],
  ['or all of them', 'one, two', `${A}\n${B}`, files, [file('image', A), file('image', B)]],
  ['but not more than it takes', 'all', `${A}\n${B}\n${A}`, files, '3 files; Value takes 2.'],
  ['several for one file are too many', 'both', `${A}\n${B}`, image, '2 files; Value takes 1.'],
  ['a text stays a text', 'the picture', A, variable('paragraph'), 'the picture'],
])('%s', (_, value, link, of, expected) => {
  expect(sent(value, link, of)).toEqual(expected)
})

test.each(['links.xlsx', 'links-libreoffice.xlsx', 'links.ods'])(
  '%s: a file’s row has its link',
  async (name) => {
    const variables = [
      variable('text-input', { name: 'text', label: 'Text' }),
      variable('file', { name: 'picture', label: 'Picture', fileTypes: ['image'] }),
    ]
    const rows = await prepared(await fixture(name), { variables })
    expect(rows.map((row) => row.inputs?.['picture'] ?? row.fault)).toEqual([
      file('image', 'https://example.com/a%20b.png?x=1&y=2'),
      file('image', 'https://example.com/c.png'),
      file('image', 'https://example.com/d.png'),
      'B5: “words” is not the address of a file. Give an address that begins with https://.',
    ])
    expect(rows[0]?.cells).toEqual(['link', 'the picture'])
  },
)
