import { expect, test } from 'bun:test'
import { check } from '../../../src/workbook/check/check.ts'
import { DEFAULT_LIMITS } from '../../../src/workbook/limits.ts'
import { openBook } from '../../../src/workbook/read/open-book.ts'
import type { Reading } from '../../../src/workbook/types.ts'

const opened = async (bytes: Uint8Array, reading: Reading) =>
  check(await openBook({ name: 'a.csv', bytes }, DEFAULT_LIMITS, reading), {}, DEFAULT_LIMITS)

test('an encoding that a person chose takes precedence over the one that the bytes suggest', async () => {
  const bytes = new Uint8Array([0x6e, 0x0a, 0x83, 0x65, 0x83, 0x58, 0x83, 0x67]) // “テスト” in Shift_JIS
  expect((await opened(bytes, { encoding: 'shift_jis' })).preview[0]?.cells).toEqual(['テスト'])
})

test('an encoding that nobody knows is refused by name', async () => {
  const bytes = new TextEncoder().encode('n\n1')
  expect(opened(bytes, { encoding: 'klingon' })).rejects.toThrow('There is no encoding “klingon”.')
})

test('a delimiter that a person chose takes precedence over the one that the lines suggest', async () => {
  const bytes = new TextEncoder().encode('a;b,c\n1;2,5')
  expect((await opened(bytes, { delimiter: ';' })).headings).toEqual(['a', 'b,c'])
  expect((await opened(bytes, { delimiter: ',' })).headings).toEqual(['a;b', 'c'])
})
