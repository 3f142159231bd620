import { expect, test } from 'bun:test'
import { cleanName, DistinctNames } from '../../src/files/file-names.ts'

test.each([
  ['a.pdf', 'a.pdf'],
  ['a\\b\\c.pdf', 'a/b/c.pdf'],
  ['C:\\Bills\\a.pdf', 'Bills/a.pdf'],
  ['../../etc/passwd', 'etc/passwd'],
  ['/etc/./passwd', 'etc/passwd'],
  [' a / b.pdf ', 'a/b.pdf'],
  ['re\u0301sume\u0301.pdf', 'résumé.pdf'],
  ['a\u202Efdp.exe', 'afdp.exe'],
  ['a\u0000\u001B[2J\n.pdf', 'a[2J.pdf'],
  ['..', 'file'],
  ['', 'file'],
  ['发票 一月.pdf', '发票 一月.pdf'],
])('%p is stored as %p', (name, clean) => {
  expect(cleanName(name)).toBe(clean)
})

test('a long name keeps its extension, and no character is cut in two', () => {
  expect(cleanName(`${'😀'.repeat(300)}.pdf`)).toBe(`${'😀'.repeat(196)}.pdf`)
  expect(cleanName('a'.repeat(300))).toBe('a'.repeat(200))
})

test('files of the same name are told apart, those that are called so already, too', () => {
  const names = new DistinctNames()
  const taken = ['a.pdf', 'a.pdf', 'a (2).pdf', 'a.pdf', 'b/a.pdf', 'a', 'a'].map((name) => names.take(name))
  expect(taken).toEqual(['a.pdf', 'a (2).pdf', 'a (2) (2).pdf', 'a (3).pdf', 'b/a.pdf', 'a', 'a (2)'])
  const long = `${'x'.repeat(196)}.pdf`
  expect([names.take(long), names.take(long)]).toEqual([long, `${'x'.repeat(192)} (2).pdf`])
})
