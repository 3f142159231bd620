import { expect, test } from 'bun:test'
import { Attempts } from '../../src/admin/sign-in/attempts.ts'

test('an address that has guessed ten times waits out its minute, however many others guess meanwhile', () => {
  let now = 0
  const attempts = new Attempts(() => now)
  for (let i = 0; i < 10; i++) attempts.wrong('10.0.0.1')
  expect(attempts.waitSeconds('10.0.0.1')).toBe(60)
  for (let i = 0; i < 10_000; i++) attempts.wrong(`10.1.${i >> 8}.${i & 255}`)
  expect(attempts.waitSeconds('10.0.0.1')).toBe(60)
  expect(attempts.waitSeconds('10.1.0.1')).toBe(0)
  now = 60_001
  expect(attempts.waitSeconds('10.0.0.1')).toBe(0)
})
