import { describe, expect, test } from 'bun:test'
import { pickLocale, textsFor } from '../../src/messages/texts/texts.ts'
import { nano } from '../support/nano.ts'

test.each([
  ['en-US', 'en'],
  ['zh-CN', 'zh-CN'],
  ['zh-Hans-SG', 'zh-CN'],
  ['zh', 'zh-CN'],
  ['zh_CN', 'zh-CN'],
  ['zh_CN.UTF-8', 'zh-CN'],
  ['zh-TW', 'zh-TW'],
  ['zh_TW.UTF-8', 'zh-TW'],
  ['zh-Hant', 'zh-TW'],
  ['zh-HK', 'zh-TW'],
  ['zh-Hans-HK', 'zh-CN'],
  ['de-DE', 'en'],
  ['', 'en'],
])('%p reads %p', (tag, locale) => {
  expect(pickLocale(tag)).toBe(locale as ReturnType<typeof pickLocale>) // the table has only these
})

describe('numbers', () => {
  const { numbers: en } = textsFor('en')
  const { numbers: zh } = textsFor('zh-CN')
  const { numbers: tw } = textsFor('zh-TW')

  test.each([
    [0, '0 s', '0 秒'],
    [210, '0.2 s', '0.2 秒'],
    [42_000, '42 s', '42 秒'],
    [300_000, '5 min', '5 分钟'],
    [784_000, '13 min 4 s', '13 分 4 秒'],
    [3_599_600, '1 h', '1 小时'],
    [7_800_000, '2 h 10 min', '2 小时 10 分钟'],
    [7_199_999, '2 h', '2 小时'],
  ])('%p ms are %p, %p', (ms, english, chinese) => {
    expect(en.duration(ms)).toBe(english)
    expect(zh.duration(ms)).toBe(chinese)
  })

  test('stand as the locale writes them', () => {
    expect(en.count(187_420)).toBe('187,420')
    expect(en.rough(4.53)).toBe('4.5')
    expect(en.rough(18.4)).toBe('18')
    expect([en.price(nano(0.56), 'USD'), en.price(nano(0.00042), 'USD'), en.price(nano(12), 'RMB?')]).toEqual(
      ['$0.56', '$0.00042', '12.00 RMB?'],
    )
    expect(zh.price(nano(0.56), 'CNY')).toBe('¥0.56')
    expect([tw.price(nano(0.56), 'TWD'), tw.price(nano(0.56), 'USD')]).toEqual(['$0.56', 'US$0.56'])
    expect(tw.duration(784_000)).toBe('13 分 4 秒')
    expect(tw.duration(7_200_000)).toBe('2 小時')
  })
})

describe('plurals', () => {
  const { wizard, tasks } = textsFor('en')

  test('know one', () => {
    expect([wizard.rows(1), wizard.rows(2)]).toEqual(['1 row', '2 rows'])
    expect([wizard.cannotRun(1), wizard.cannotRun(4)]).toEqual([
      '1 row cannot run as it is',
      '4 rows cannot run as they are',
    ])
    expect([wizard.retries(0), wizard.retries(1), wizard.retries(2)]).toEqual([
      'No retries',
      '1 retry',
      '2 retries',
    ])
    expect(tasks.failures(1, 'Timed out.', [140])).toBe('1 × Timed out (row 140)')
    expect(tasks.failures(9, 'No', [1, 2])).toBe('9 × No (rows 1, 2, …)')
  })
})
