import { describe, expect, test } from 'bun:test'
import { readConfig, warningsOf } from '../../src/app/config.ts'

describe('how long a run may wait in Dify’s queue', () => {
  const minutes = (env: Record<string, string>) => readConfig(env).dify.queueMinutes

  test('is half an hour where nothing is set', () => {
    expect(minutes({})).toBe(30)
    expect(minutes({ DIFY_QUEUE_MINUTES: '' })).toBe(30)
    expect(warningsOf({})).toEqual([])
  })

  test('is set in minutes; its old name, in seconds, still counts and is told of', () => {
    expect(minutes({ DIFY_QUEUE_MINUTES: '5' })).toBe(5)
    const old = { DIFY_QUEUE_SECONDS: '90' }
    expect(minutes(old)).toBe(1.5)
    expect(minutes({ ...old, DIFY_QUEUE_MINUTES: '2' })).toBe(2)
    expect(warningsOf(old)).toEqual([expect.stringContaining('DIFY_QUEUE_MINUTES')])
  })
})
