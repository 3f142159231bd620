import { expect, test } from 'bun:test'
import { Budget } from '../../src/bots/budget.ts'
import { FakeClock } from '../support/fake-clock.ts'

function aBudget() {
  const clock = new FakeClock()
  const budget = new Budget(clock)
  /** Takes edits until none is left for progress, or for ends; gives how many there were. */
  const takeAll = (isEnd: boolean): number => {
    let taken = 0
    for (; budget.has(isEnd); taken++) budget.take()
    return taken
  }
  return { clock, budget, takeAll }
}

const PROGRESS = false
const END = true

test('progress takes 33 edits a minute and leaves 6 for tasks that end', () => {
  const { budget, takeAll } = aBudget()
  expect(takeAll(PROGRESS)).toBe(33)
  expect(budget.has(END)).toBe(true)
  expect(takeAll(END)).toBe(6)
})

test('ends alone take all 39, and nothing is left for progress', () => {
  const { budget, takeAll } = aBudget()
  expect(takeAll(END)).toBe(39)
  expect(budget.has(PROGRESS)).toBe(false)
})

test('an edit counts for a minute from when it was made', async () => {
  const { clock, budget, takeAll } = aBudget()
  budget.take()
  await clock.pass(1)
  takeAll(END)
  await clock.pass(59_998)
  expect(budget.has(END)).toBe(false)
  await clock.pass(1)
  expect(takeAll(END)).toBe(1)
})

test('a pause that the platform asks for holds for ends too, and a shorter one does not end it', async () => {
  const { clock, budget } = aBudget()
  budget.hold(30_000)
  budget.hold(1_000)
  await clock.pass(29_999)
  expect(budget.has(END)).toBe(false)
  await clock.pass(1)
  expect(budget.has(PROGRESS)).toBe(true)
})

test('a machine whose time is set back by an hour has its edits again within a minute', async () => {
  const { clock, takeAll } = aBudget()
  takeAll(END)
  clock.jump(-3_600_000)
  await clock.pass(60_001)
  expect(takeAll(PROGRESS)).toBe(33)
})
