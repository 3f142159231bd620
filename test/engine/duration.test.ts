import { expect, test } from 'bun:test'
import { durationText, roughMs } from '../../src/engine/duration.ts'
import { textsFor } from '../../src/messages/texts/texts.ts'

const SECOND = 1_000
const MINUTE = 60_000
const HOUR = 3_600_000

test.each([
  [0, '0 s', '0 秒'],
  [-5 * SECOND, '0 s', '0 秒'],
  [240, '0.2 s', '0.2 秒'],
  [4_040, '4 s', '4 秒'],
  [9_960, '10 s', '10 秒'],
  [42 * SECOND, '42 s', '42 秒'],
  [59_600, '1 min', '1 分钟'],
  [5 * MINUTE, '5 min', '5 分钟'],
  [13 * MINUTE + 4 * SECOND, '13 min 4 s', '13 分 4 秒'],
  [HOUR - 200, '1 h', '1 小时'],
  [2 * HOUR + 10 * MINUTE, '2 h 10 min', '2 小时 10 分钟'],
  [2 * HOUR - 20 * SECOND, '2 h', '2 小时'],
  [100 * HOUR + 29 * SECOND, '100 h', '100 小时'],
])('%p ms are %p, in Chinese %p', (ms, english, chinese) => {
  expect(durationText(ms)).toBe(english)
  expect(textsFor('en').numbers.duration(ms)).toBe(english)
  expect(textsFor('zh-CN').numbers.duration(ms)).toBe(chinese)
})

test.each([
  [0, 1 * SECOND],
  [200, 1 * SECOND],
  [41_100, 42 * SECOND],
  [61 * SECOND, 1 * MINUTE],
  [6.6 * MINUTE, 7 * MINUTE],
])('an estimate of %p ms is said as %p', (ms, said) => {
  expect(roughMs(ms)).toBe(said)
})
