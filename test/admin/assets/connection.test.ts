import { describe, expect, test } from 'bun:test'
// @ts-expect-error a script of the page, which has no types
import * as script from '../../../src/admin/assets/connection.js'

type Answer = 'ok' | 'signed-out' | 'none'

interface Asked {
  now: () => number
  ask: () => Promise<Answer>
  after: (ms: number, act: () => void) => () => void
  random: () => number
  refresh: () => number
  changed: () => void
}

interface Connection {
  state: string
  isStopping: boolean
  stops(isStopping: boolean): void
  heardAt: number
  isStale: boolean
  heard(isPart: boolean): void
  partFailed(): Promise<void>
  signedOut(): void
  check(): Promise<void>
  isSure(): Promise<boolean>
  checkIfQuiet(): void
}

// `as`: what the script exports, described above.
const { Connection, waitMs, QUIET_MS } = script as {
  Connection: new (asked: Asked) => Connection
  waitMs: (attempt: number, random: number) => number
  QUIET_MS: number
}

const START = 1_000_000

/** A connection with a clock and a server of its own; `tick` ends the wait for the next try. */
function connected() {
  const world = {
    now: START,
    answer: 'ok' as Answer,
    parts: 1,
    asked: 0,
    refreshed: 0,
    waits: [] as number[],
  }
  let next: (() => void) | undefined
  const connection = new Connection({
    now: () => world.now,
    ask: async () => {
      world.asked += 1
      return world.answer
    },
    after: (ms, act) => {
      world.waits.push(ms)
      next = act
      return () => (next = undefined)
    },
    random: () => 0,
    refresh: () => {
      world.refreshed += 1
      return world.parts
    },
    changed: () => {},
  })
  const tick = async () => {
    world.now += world.waits.at(-1) ?? 0
    next?.()
    await connection.check()
  }
  return { world, connection, tick }
}

test('waits double up to half a minute, and are spread', () => {
  expect([0, 1, 2, 3, 4, 5, 50].map((attempt) => waitMs(attempt, 0) / 1_000)).toEqual([
    1, 2, 4, 8, 16, 30, 30,
  ])
  expect(waitMs(5, 0.999)).toBeLessThan(36_001)
})

describe('the connection of a page', () => {
  test('one failed request is no lost connection if the server answers', async () => {
    const { world, connection } = connected()
    await connection.partFailed()
    expect([connection.state, world.asked, world.refreshed]).toEqual(['ok', 1, 0])
  })

  test('without an answer it is lost since the last word, and tried again with longer and longer waits', async () => {
    const { world, connection, tick } = connected()
    world.now += 2_000
    connection.heard(true)
    world.now += 5_000
    world.answer = 'none'
    await connection.partFailed()
    for (let i = 0; i < 3; i += 1) await tick()
    expect(connection.state).toBe('lost')
    expect(connection.heardAt).toBe(START + 2_000)
    expect(world.waits).toEqual([1_000, 2_000, 4_000, 8_000])
  })

  test('once it answers, every part is refreshed at once, and the next loss begins with short waits', async () => {
    const { world, connection, tick } = connected()
    world.answer = 'none'
    await connection.partFailed()
    await tick()
    world.answer = 'ok'
    await tick()
    expect([connection.state, world.refreshed]).toEqual(['ok', 1])
    connection.heard(true)
    world.answer = 'none'
    await connection.check()
    expect(world.waits.at(-1)).toBe(1_000)
  })

  test('a server that answers, but not with the parts, counts as lost until a part comes', async () => {
    const { world, connection, tick } = connected()
    await connection.partFailed()
    await connection.partFailed()
    expect([connection.state, world.refreshed]).toEqual(['lost', 1])
    connection.heard(false)
    await connection.partFailed()
    expect(connection.state).toBe('lost')
    await tick()
    connection.heard(true)
    expect(connection.state).toBe('ok')
  })

  test('where no part is asked for, as live updates are paused, an answer is enough', async () => {
    const { world, connection } = connected()
    world.parts = 0
    await connection.partFailed()
    await connection.partFailed()
    expect(connection.state).toBe('ok')
  })

  test('the end of the session is not a lost connection, and a sign-in elsewhere ends it', async () => {
    const { world, connection } = connected()
    world.answer = 'signed-out'
    expect(await connection.isSure()).toBe(false)
    expect(connection.state).toBe('signed-out')
    world.answer = 'ok'
    expect(await connection.isSure()).toBe(true)
    expect(world.refreshed).toBe(1)
  })

  test('a server that shuts down answers, but nothing that matters is sent to it', async () => {
    const { connection } = connected()
    connection.stops(true)
    expect([await connection.isSure(), connection.state, connection.isStale]).toEqual([false, 'ok', false])
    connection.stops(false)
    expect(await connection.isSure()).toBe(true)
  })

  test('after a sleep what is shown counts as old until the server has answered, and is then refreshed', async () => {
    const { world, connection } = connected()
    connection.checkIfQuiet()
    expect(world.asked).toBe(0)
    world.now += QUIET_MS + 1
    connection.checkIfQuiet()
    expect(connection.isStale).toBe(true)
    await connection.check()
    expect([connection.isStale, world.asked, world.refreshed]).toEqual([false, 1, 1])
  })

  test('several checks at once ask the server one time', async () => {
    const { world, connection } = connected()
    await Promise.all([connection.check(), connection.check(), connection.isSure()])
    expect(world.asked).toBe(1)
  })
})
