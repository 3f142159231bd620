import { expect, test } from 'bun:test'
import pino from 'pino'
import type { Clock } from '../../src/engine/clock.ts'
import { listArrivals } from '../../src/db/chats/arrivals.ts'
import { SlackArrivals } from '../../src/serve/slack-arrivals.ts'
import { aBot, until } from '../support/bot.ts'

/** A clock that stands until it is set on. */
class SetClock implements Clock {
  #now = 1_000_000
  #timers: { at: number; action: () => void }[] = []
  now = () => this.#now
  monotonicNow = () => this.#now
  uptime = () => this.#now
  after(ms: number, action: () => void) {
    const timer = { at: this.#now + ms, action }
    this.#timers.push(timer)
    return () => void (this.#timers = this.#timers.filter((one) => one !== timer))
  }
  pass(ms: number) {
    this.#now += ms
    for (const { at, action } of this.#timers.splice(0)) if (at <= this.#now) action()
  }
}

async function someArrivals() {
  const { bot } = await aBot()
  const clock = new SetClock()
  const notes: string[] = []
  const make = () => {
    const arrivals = new SlackArrivals({ db: bot.db, clock, log: pino({ level: 'silent' }) }, (line) =>
      notes.push(line),
    )
    arrivals.start()
    return arrivals
  }
  const stored = (since = 0) => listArrivals(bot.db, { platform: 'slack', account: 'A1', since })
  return { clock, notes, make, stored }
}

test('the words for /readyz say for how long nothing has arrived, and then that something has', async () => {
  const { clock, make } = await someArrivals()
  const arrivals = make()
  clock.pass(180_000)
  expect(arrivals.word()).toBe('none since the start (3 min)')
  arrivals.arrived('A1', 'message')
  expect(arrivals.word()).toBe('arrive')
  await arrivals.stop()
})

test('ten minutes after a start without anything ever, a line says so; not where something arrived before', async () => {
  const { clock, notes, make } = await someArrivals()
  const first = make()
  clock.pass(600_000)
  await until(
    () => notes,
    (lines) => lines.length > 0,
  )
  expect(notes[0]).toStartWith('Nothing has ever arrived from Slack, 10 min after the start.')
  expect(notes[0]).toContain('rowbot doctor --listen')
  first.arrived('A1', 'click')
  await first.stop()
  const second = make()
  clock.pass(600_000)
  await second.stop()
  expect(notes).toHaveLength(1)
})

test('each kind is kept by its latest time, of which the database hears at most every 5 s', async () => {
  const { clock, make, stored } = await someArrivals()
  const arrivals = make()
  arrivals.arrived('A1', 'message')
  arrivals.arrived('A1', 'file')
  arrivals.arrived('A2', 'click')
  clock.pass(1_000)
  arrivals.arrived('A1', 'message')
  await arrivals.stop()
  expect((await stored()).toSorted()).toEqual(['file', 'message'])
  expect(await stored(clock.now())).toEqual([])
  clock.pass(5_000)
  arrivals.arrived('A1', 'message')
  await arrivals.stop()
  expect(await stored(clock.now())).toEqual(['message'])
})
