import { expect, test } from 'bun:test'
import { EventReader } from '../../../src/dify/client/events.ts'
import { cpuClock } from '../../support/own-time.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const line = (body: unknown) => `data: ${JSON.stringify(body)}\n\n`

test('events end at blank lines; pings and comments are not events', () => {
  const text = `event: ping\n\n: hello\n\n${line({ event: 'a' })}event: ping\n\n${line({ event: 'b' })}`
  expect(namesIn([text])).toEqual(['a', 'b'])
})

test('it does not matter where the pieces are cut, not even inside a character', () => {
  const whole = bytes(line({ event: 'a', data: { text: '中文😀é' } }) + line({ event: 'b' }))
  for (const size of [1, 2, 3, 7, 61]) {
    const reader = new EventReader()
    const events = []
    for (let at = 0; at < whole.length; at += size) events.push(...reader.read(whole.slice(at, at + size)))
    expect(events.map(({ event }) => event)).toEqual(['a', 'b'])
    expect(events[0]?.data).toEqual({ text: '中文😀é' })
  }
})

test('CRLF, CR and a byte order mark are taken as they come', () => {
  const a = JSON.stringify({ event: 'a' })
  expect(namesIn([`\uFEFFdata: ${a}\r\n\r\n`, `data: ${a}\r\r`, `data: ${a}\r`, `\n\r`, `\n`])).toEqual([
    'a',
    'a',
    'a',
  ])
})

test('a line that is not JSON, or not an event, is ignored', () => {
  expect(
    namesIn(['data: {"event":"a"\n\n', 'data: 5\n\n', 'data: {"x":1}\n\n', line({ event: 'b' })]),
  ).toEqual(['b'])
})

test('an event that has a number counts once, however often it comes', () => {
  const numbered = (id: number, event: string) => `id: ${id}\n${line({ event })}`
  expect(namesIn([numbered(1, 'a'), numbered(2, 'b'), numbered(1, 'a'), line({ event: 'c' })])).toEqual([
    'a',
    'b',
    'c',
  ])
})

test('an event that lacks only its blank line counts when the stream ends', () => {
  const reader = new EventReader()
  expect(reader.read(bytes(line({ event: 'a' }).trimEnd()))).toEqual([])
  expect(reader.end().map(({ event }) => event)).toEqual(['a'])
})

test('an event that is cut short does not count', () => {
  const reader = new EventReader()
  reader.read(bytes('data: {"event":"workflow_finished","data":{"status":"succ'))
  expect(reader.end()).toEqual([])
})

test('an event of many megabytes in small pieces is read quickly', () => {
  const huge = bytes(line({ event: 'a', data: 'x'.repeat(8_000_000) }))
  const reader = new EventReader()
  const cpuMs = cpuClock()
  let found = 0
  for (let at = 0; at < huge.length; at += 16_384) found += reader.read(huge.slice(at, at + 16_384)).length
  expect(found).toBe(1)
  expect(cpuMs()).toBeLessThan(2_000)
})

function namesIn(pieces: string[]): string[] {
  const reader = new EventReader()
  return [...pieces.flatMap((piece) => reader.read(bytes(piece))), ...reader.end()].map(({ event }) => event)
}

test('an event that never ends is noticed at 32 MB, and whole ones of any number are not', () => {
  const endless = new EventReader()
  const whole = new EventReader()
  const piece = bytes('x'.repeat(1_000_000))
  const event = bytes(line({ event: 'a', data: 'x'.repeat(1_000_000) }))
  endless.read(bytes('data: '))
  for (let at = 0; at < 33; at++) {
    expect(endless.overflows).toBe(false)
    endless.read(piece)
    expect(whole.read(event)).toHaveLength(1)
  }
  endless.read(piece)
  expect(endless.overflows).toBe(true)
  expect(whole.overflows).toBe(false)
})
