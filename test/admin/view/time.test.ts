import { expect, test } from 'bun:test'
import { time } from '../../../src/admin/view/time.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'

const AT = Date.UTC(2026, 0, 2, 23, 30)
const DAY_MS = 86_400_000

test.each([
  ['en', 'Jan 2, 2026'],
  ['zh-CN', '2026年1月2日'],
  ['zh-TW', '2026年1月2日'],
])(
  'after a week a time is a date as one writes it in %s, which the viewer’s time zone decides',
  (tag, date) => {
    const text = time(AT, AT + 8 * DAY_MS, textsFor(tag)).toString()
    expect(text).toContain(`>${date}</time`)
    expect(text).toContain('data-clock="date"')
  },
)

test('until then it is so long ago', () => {
  const text = time(AT, AT + 3 * DAY_MS, textsFor('zh-TW')).toString()
  expect(text).toContain('>3 天前</time')
  expect(text).not.toContain('data-clock')
})
