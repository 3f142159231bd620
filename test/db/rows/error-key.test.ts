import { expect, test } from 'bun:test'
import { errorKey } from '../../../src/db/rows/failed-rows.ts'
import { cpuClock } from '../../support/own-time.ts'

/** Each line is one error with two rows’ texts. */
const SAME = [
  ['The row took longer than 300 s.', 'The row took longer than 60 s.'],
  ['1,204 characters; Key features takes 1,000.', '12 characters; Key features takes 1,000.'],
  ['“https://a.example/1.png” leads nowhere.', '“https://b.example/?q=2” leads nowhere.'],
  ['Cannot fetch https://a.example/1.png now', 'Cannot fetch http://b.example/x now'],
  ['No run 6f1c2a90-5b7e-4d13-9c88-000000000001.', 'No run 11111111-2222-3333-4444-555555555555.'],
  ['request req_8f3kd92kd9 broke', 'request req_000aa11bb2 broke'],
  ['commit 9fceb02d0ae598e9 is gone', 'commit 0123456789abcdef is gone'],
  ['since 2026-11-25T03:00:00Z', 'since 2026-11-26 04:10:00.123+08:00'],
  [
    "The workflow failed: “'SKU-17' is not in the catalogue”",
    "The workflow failed: “'Mei’s' is not in the catalogue”",
  ],
  ['The workflow failed: “field "tone" is wrong”', 'The workflow failed: “field "name" is wrong”'],
  ['column `a` is empty', 'column `b` is empty'],
  ['mei@example.com is unknown', 'jo.b@mail.example.com is unknown'],
  ['第3行出错', '第12行出错'],
  ['two   spaces  here', 'two spaces here'],
] as const

for (const [one, other] of SAME) {
  test(`“${one}” and “${other}” are the same error`, () => {
    expect(errorKey(one)).toBe(errorKey(other))
  })
}

const DIFFERENT = [
  ['The server failed (HTTP 500).', 'The server failed (HTTP 404).'],
  ['Request failed with status code 429', 'Request failed with status code 500'],
  ['Error code: 400', 'Error code: 429'],
  ['The workflow failed: “model said no”', 'The workflow failed: “no such tool”'],
  ['gpt-4o is not there', 'gpt-5 is not there'],
  ["It can't be read and won't be", "It can't be sent and won't be"],
  ['', 'It broke.'],
] as const

for (const [one, other] of DIFFERENT) {
  test(`“${one}” and “${other}” are two errors`, () => {
    expect(errorKey(one)).not.toBe(errorKey(other))
  })
}

test('of a very long error only the beginning is compared, which is quick', () => {
  const cpuMs = cpuClock()
  expect(errorKey(`Broke: ${'“a1'.repeat(100_000)}`)).toStartWith('Broke: ')
  expect(cpuMs()).toBeLessThan(500)
})
