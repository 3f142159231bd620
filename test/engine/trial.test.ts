import { describe, expect, test } from 'bun:test'
import type { Inputs } from '../../src/engine/task.ts'
import { trialRows } from '../../src/engine/trial.ts'
import type { Variable } from '../../src/engine/workflow.ts'
import { cpuClock } from '../support/own-time.ts'

const NAME: Variable = { name: 'name', label: 'Name', type: 'text-input', required: true }
const TONE: Variable = { name: 'tone', label: 'Tone', type: 'select', required: true }
const NOTE: Variable = { name: 'note', label: 'Note', type: 'paragraph', required: false }

/** From row 2 on, as in a sheet. */
function rowsOf(...inputs: Inputs[]) {
  return inputs.map((one, index) => ({ row: index + 2, inputs: one }))
}

/** Names are all different and of one length. */
function named(count: number, inputsOf: (row: number) => Inputs = () => ({})) {
  return rowsOf(
    ...Array.from({ length: count }, (_, i) => ({
      name: `Kettle ${String(i + 2).padStart(4, '0')}`,
      ...inputsOf(i + 2),
    })),
  )
}

describe('the rows that are tried first', () => {
  test('have each value of a select', () => {
    const tones = ['formal', 'formal', 'formal', 'casual', 'formal', 'brisk', 'formal', 'formal']
    const rows = named(8, (row) => ({ tone: (tones[row - 2] ?? '').padEnd(6) }))
    expect(trialRows(rows, [NAME, TONE], 3)).toEqual([2, 5, 7])
  })

  test('have each value of a column with few, although it is plain text', () => {
    const rows = named(40, (row) => ({ country: row === 30 ? 'CH' : 'DE' }))
    const country = { ...NAME, name: 'country' }
    expect(trialRows(rows, [NAME, country], 2)).toEqual([2, 30])
  })

  test('are the shortest and the longest', () => {
    const rows = named(40, (row) =>
      row === 17 ? { name: 'x' } : row === 33 ? { name: 'y'.repeat(400) } : {},
    )
    expect(trialRows(rows, [NAME], 2)).toEqual([17, 33])
  })

  test('have an optional input empty in one, and filled in another', () => {
    const rows = named(40, (row) => (row === 21 ? { note: 'a very long note of its own kind' } : {}))
    const [first, second, ...others] = trialRows(rows, [NAME, NOTE], 2)
    expect([first, second, ...others]).toEqual([2, 21])
  })

  test('are otherwise spread evenly over the sheet', () => {
    expect(trialRows(named(100), [NAME], 5)).toEqual([12, 32, 52, 72, 92])
  })

  test('are as many as wanted, each once, and always the same', () => {
    const tones = ['formal', 'casual', 'brisk']
    const rows = named(240, (row) => ({
      tone: tones[row % 3] ?? '',
      ...(row % 7 === 0 && { note: 'n'.repeat(row) }),
    }))
    for (const count of [1, 2, 3, 5, 20, 100, 239]) {
      const chosen = trialRows(rows, [NAME, TONE, NOTE], count)
      expect(new Set(chosen).size).toBe(count)
      expect(chosen).toEqual(chosen.toSorted((a, b) => a - b))
      expect(trialRows(rows, [NAME, TONE, NOTE], count)).toEqual(chosen)
    }
  })

  test('are the first of the sheet if one is wanted', () => {
    expect(trialRows(rowsOf({ name: 'long enough' }, { name: 'x' }, { name: 'yy' }), [NAME], 1)).toEqual([2])
  })

  test('are none if that would be all of them', () => {
    expect(trialRows(named(5), [NAME], 5)).toEqual([])
    expect(trialRows(named(5), [NAME], 0)).toEqual([])
  })

  test('are found in 20,000 rows within the time of a click', () => {
    const rows = named(20_000, (row) => ({
      tone: `tone ${row % 40}`,
      note: row % 2 ? 'n'.repeat(row % 900) : '',
    }))
    const cpuMs = cpuClock()
    expect(trialRows(rows, [NAME, TONE, NOTE], 1_000)).toHaveLength(1_000)
    expect(cpuMs()).toBeLessThan(1_000)
  })
})
