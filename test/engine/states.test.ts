import { expect, test } from 'bun:test'
import {
  EXECUTION_MOVES,
  executionStatesBefore,
  TASK_MOVES,
  taskStatesBefore,
} from '../../src/engine/states.ts'

test('a task is completed only by its runner, running or just paused, and taken only from pending', () => {
  expect(taskStatesBefore('completed')).toEqual(['running', 'paused'])
  expect(taskStatesBefore('running')).toEqual(['pending'])
})

test('a row that succeeded stays so, unless a person runs it again', () => {
  expect(EXECUTION_MOVES.succeeded).toEqual(['pending'])
  expect(executionStatesBefore('succeeded')).toEqual(['running'])
})

test('every move leads to a state that exists', () => {
  for (const moves of [TASK_MOVES, EXECUTION_MOVES]) {
    for (const to of Object.values(moves).flat()) expect(Object.keys(moves)).toContain(to)
  }
})
