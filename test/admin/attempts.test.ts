import { expect, test } from 'bun:test'
import { Attempts } from '../../src/admin/sign-in/attempts.ts'

test('an address that has guessed ten times waits out its minute, however many others guess meanwhile', () => {
  let now = 0
  const attempts = new Attempts(() => now)
  for (let i = 0; i < 10; i++) expect(attempts.wrong('10.0.0.1', `guess ${i}`)).toBe(0)
  expect(attempts.wrong('10.0.0.1', 'another guess')).toBe(60)
  for (let i = 0; i < 9_000; i++) attempts.wrong(`10.1.${i >> 8}.${i & 255}`, `guess at ${i}`)
  expect(attempts.wrong('10.0.0.1', 'another guess')).toBe(60)
  expect(attempts.wrong('10.1.0.1', 'another guess')).toBe(0)
  now = 60_001
  expect(attempts.wrong('10.0.0.1', 'another guess')).toBe(0)
})

test('a program that goes on sending an old token uses up its own tries, not those of its address', () => {
  const attempts = new Attempts(() => 0)
  for (let i = 0; i < 10; i++) expect(attempts.wrong('10.0.0.1', 'old')).toBe(0)
  expect(attempts.wrong('10.0.0.1', 'old')).toBe(60)
  expect(attempts.wrong('10.0.0.2', 'old')).toBe(60)
  expect(attempts.wrong('10.0.0.1', 'mistyped')).toBe(0)
})

test('all addresses of an IPv6 network share their tries', () => {
  const attempts = new Attempts(() => 0)
  for (let i = 0; i < 10; i++) attempts.wrong(`2001:db8:0:1::${i + 1}`, `guess ${i}`)
  expect(attempts.wrong('2001:db8::1:ffff:0:0:1', 'another guess')).toBe(60)
  expect(attempts.wrong('2001:db8:0:2::1', 'another guess')).toBe(0)
})
