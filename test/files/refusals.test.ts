import { expect, test } from 'bun:test'
import type { UserError } from '../../src/engine/user-error.ts'
import { gather } from '../../src/files/gather.ts'
import { REFUSED } from '../../src/files/refusals.ts'
import { faultText } from '../../src/messages/fault-text.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { aFileStore } from '../support/file-store.ts'

const MB = 2 ** 20

const ALL = [
  REFUSED.nothing(),
  REFUSED.tooMany(71, 92),
  REFUSED.tooLarge(92 * MB),
  REFUSED.sheetTooLarge('b.pdf', 92 * MB),
  REFUSED.notFetched(['b.pdf', '…'], 71, 92),
  REFUSED.workbookAmong('b.pdf'),
  REFUSED.zipDamaged('A.zip'),
  REFUSED.zipEmpty('A.zip'),
  REFUSED.zipTooMany('A.zip', 92),
  REFUSED.zipBomb('A.zip', 'b.pdf'),
  REFUSED.zipPassword('A.zip', 'b.pdf'),
  REFUSED.zipPath('A.zip', 'b.pdf'),
  REFUSED.zipLink('A.zip', 'b.pdf'),
  REFUSED.zipTwice('A.zip', 'b.pdf'),
  REFUSED.zipMethod('A.zip', 'b.pdf'),
  REFUSED.zipEntryDamaged('A.zip', 'b.pdf'),
]

test.each(ALL.map((refused) => [refused.message, refused] as const))(
  '“%s” has the same names, numbers and settings in Chinese',
  (_, refused) => {
    const [english, chinese] = ['en', 'zh-CN'].map((locale) => faultText(refused, textsFor(locale)))
    const facts = (text = '') => (text.match(/A\.zip|b\.pdf|71|92|ROWBOT_\w+/g) ?? []).toSorted()
    expect(facts(chinese)).toEqual(facts(english))
    expect(chinese).toMatch(/\p{Script=Han}.*。\p{Script=Han}.*。$/u)
  },
)

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
  const refused: unknown = await gather([], options).catch((fault: unknown) => fault)
  if (!(refused instanceof Error && 'says' in refused)) throw new Error('It was not refused.')
  expect(faultText(refused as UserError, textsFor('zh-CN'))).toStartWith('里面没有文件。')
})
