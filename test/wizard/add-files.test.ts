import { expect, test } from 'bun:test'
import type { GivenFile } from '../../src/engine/files.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { withAddedFiles } from '../../src/wizard/add-files.ts'
import type { UploadFile } from '../../src/workbook/types.ts'

function given(name: string): GivenFile {
  return { name, sha256: `of ${name}`, size: 1, content: null }
}

test('files that are added leave the pictures of the sheet, which do not count among them', () => {
  const upload = { name: 'a.xlsx', bytes: new Uint8Array(), files: [given('picture:Sheet1!B2.png')] }
  const more = (name: string): UploadFile => ({
    name,
    bytes: new Uint8Array(),
    files: [given(name)],
    listsFiles: true,
  })
  const options = { texts: textsFor('en'), maxFiles: 1 }
  const added = withAddedFiles(upload, more('a.pdf'), options)
  expect(added.files?.map(({ name }) => name)).toEqual(['picture:Sheet1!B2.png', 'a.pdf'])
  expect(() => withAddedFiles(added, more('b.pdf'), options)).toThrow('2')
})
