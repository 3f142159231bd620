import { expect, test } from 'bun:test'
import { resultNote } from '../../src/bots/task-prompt.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'
import type { WrittenResult } from '../../src/workbook/types.ts'

const CSV: WrittenResult = {
  kind: 'plain',
  why: { code: 'kind', message: 'it is not an .xlsx or .xlsm workbook' },
}

test.each<[WrittenResult, string | undefined, string | undefined]>([
  [{ kind: 'own', columns: 12 }, 'your workbook, 12 columns added', '您的原文件，新增 12 列'],
  [{ kind: 'own', columns: 1 }, 'your workbook, 1 column added', '您的原文件，新增 1 列'],
  [
    CSV,
    'a new workbook: columns can only be added to .xlsx and .xlsm files',
    '新建的文件：只有 .xlsx 和 .xlsm 文件可以直接加列',
  ],
  [{ kind: 'plain' }, undefined, undefined],
])('of the result %j it is said whose workbook it is in', (written, english, chinese) => {
  expect(resultNote(written, textsFor('en'))).toBe(english)
  expect(resultNote(written, textsFor('zh-CN'))).toBe(chinese)
})
