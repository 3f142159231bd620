import { expect, test } from 'bun:test'
import { gather } from '../../src/files/gather.ts'
import { IN_ENGLISH, type IntakeSentences } from '../../src/files/refusals.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aFileStore } from '../support/file-store.ts'

const IN_CHINESE = textsFor('zh-CN').files.sentences

test.each<[(sentences: IntakeSentences) => readonly [string, string]]>([
  [(say) => say.nothing()],
  [(say) => say.tooMany(71, 92)],
  [(say) => say.tooLarge(92)],
  [(say) => say.sheetTooLarge('b.pdf', 92)],
  [(say) => say.notFetched('b.pdf', 1, 1)],
  [(say) => say.notFetched('b.pdf', 71, 92)],
  [(say) => say.workbookAmong('b.pdf')],
  [(say) => say.zipDamaged('A.zip')],
  [(say) => say.zipEmpty('A.zip')],
  [(say) => say.zipTooMany('A.zip', 92)],
  [(say) => say.zipBomb('A.zip', 'b.pdf')],
  [(say) => say.zipPassword('A.zip', 'b.pdf')],
  [(say) => say.zipPath('A.zip', 'b.pdf')],
  [(say) => say.zipLink('A.zip', 'b.pdf')],
  [(say) => say.zipTwice('A.zip', 'b.pdf')],
  [(say) => say.zipMethod('A.zip', 'b.pdf')],
  [(say) => say.zipEntryDamaged('A.zip', 'b.pdf')],
])('%p has the same names, numbers and settings in both languages', (sentence) => {
  const facts = (sentences: IntakeSentences) =>
    (
      sentence(sentences)
        .join(' ')
        .match(/A\.zip|b\.pdf|71|92|ROWBOT_\w+/g) ?? []
    ).toSorted()
  if (!IN_CHINESE) throw new Error('Chinese has sentences of its own')
  expect(facts(IN_CHINESE)).toEqual(facts(IN_ENGLISH))
  expect(sentence(IN_CHINESE).every((text) => /\p{Script=Han}.*。$/u.test(text))).toBe(true)
})

test('who reads Chinese gets a table with Chinese headings, and refusals in Chinese', async () => {
  const options = { store: aFileStore(), limits: DEFAULT_LIMITS, words: textsFor('zh-CN').files }
  const open = async () =>
    (async function* () {
      yield Buffer.from('x')
    })()
  const upload = await gather(
    ['a.txt', 'b.txt'].map((name) => ({ name, open })),
    options,
  )
  expect(upload.name).toBe('2 个文件')
  expect(Buffer.from(upload.bytes).toString()).toStartWith('\uFEFF"文件","类型","大小"')
  await expect(gather([], options)).rejects.toMatchObject({ message: '里面没有文件。' })
})
