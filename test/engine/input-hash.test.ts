import { expect, test } from 'bun:test'
import { inputHash, keyColumnsOf, keyHash } from '../../src/engine/input-hash.ts'
import type { FileInput } from '../../src/engine/task.ts'

const photo: FileInput = {
  type: 'image',
  transfer_method: 'local_file',
  name: 'a.png',
  sha256: 'aa',
  size: 3,
}

test('rows that send the same have the same hash, in whatever order their inputs come', () => {
  const one = inputHash({ name: 'Kettle', extra: { b: [1, { y: 2, x: 1 }], a: null } })
  expect(inputHash({ extra: { a: null, b: [1, { x: 1, y: 2 }] }, name: 'Kettle' })).toBe(one)
  expect(one).toHaveLength(43)
})

test('whatever differs in what is sent makes another hash', () => {
  const all = [
    { name: 'Kettle' },
    { name: 'kettle' },
    { name: 'Kettle', tone: '' },
    { label: 'Kettle' },
    { name: 1 },
    { name: '1' },
    { name: true },
    { name: 'true' },
    { photo },
    { photo: { ...photo, sha256: 'bb' } },
    { photo: [photo] },
    { photo: [photo, { ...photo, sha256: 'bb' }] },
    { photo: [{ ...photo, sha256: 'bb' }, photo] },
    {},
  ]
  expect(new Set(all.map((inputs) => inputHash(inputs))).size).toBe(all.length)
})

test('a row is named by the first column that has a different text in every row, or by all of it', () => {
  const rows = [{ cells: ['Tea', 'SKU-1', 5] }, { cells: ['Tea', 'SKU-2', 6] }]
  expect(keyColumnsOf(rows, 3)).toEqual([1])
  expect(keyColumnsOf([...rows, { cells: ['Tea', '', 7] }], 3)).toEqual([])
  expect(keyColumnsOf([...rows, { cells: ['Tea', 'SKU-2', 6] }], 3)).toEqual([1]) // the same row twice
  expect(keyHash(['Tea', 'SKU-1', 5], [1])).toBe(keyHash(['Cup', 'SKU-1', null], [1]))
  expect(keyHash(['Tea', 'SKU-1', 5], [])).not.toBe(keyHash(['Cup', 'SKU-1', 5], []))
})
