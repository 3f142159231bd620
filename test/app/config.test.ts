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

describe('half a set-up of a chat', () => {
  test('is refused with what is missing and where it is: it would look as if the chat were on, or off', () => {
    expect(() => readConfig({ SLACK_BOT_TOKEN: 'xoxb-1' })).toThrow('Slack has no way to send events')
    expect(() => readConfig({ SLACK_APP_TOKEN: 'xapp-1' })).toThrow(
      'SLACK_APP_TOKEN is set, but SLACK_BOT_TOKEN is not: Slack would stay off.',
    )
    expect(() => readConfig({ SLACK_SIGNING_SECRET: 's' })).toThrow('SLACK_SIGNING_SECRET is set')
    expect(warningsOf({ DISCORD_GUILDS: '8' })).toEqual([expect.stringContaining('Discord stays off')])
    expect(warningsOf({ DISCORD_GUILDS: '8', DISCORD_TOKEN: 't' })).toEqual([])
  })
})

describe('files that come along', () => {
  const limits = (env: Record<string, string>) => readConfig(env).limits

  test('have limits of their own, in number and in megabytes', () => {
    expect(limits({})).toMatchObject({ maxFiles: 2_000, maxFilesBytes: 4_096 * 2 ** 20, fileHosts: [] })
    expect(limits({ ROWBOT_MAX_FILES: '40', ROWBOT_MAX_FILES_MB: '5' })).toMatchObject({
      maxFiles: 40,
      maxFilesBytes: 5 * 2 ** 20,
    })
    expect(() => limits({ ROWBOT_MAX_FILES: 'many' })).toThrow('ROWBOT_MAX_FILES must be a number')
  })

  test('may be on hosts that are named, with a port if it is not the usual one', () => {
    expect(limits({ ROWBOT_FILE_HOSTS: 'Files.example.com, nas:8080,[fd00::1]:81' }).fileHosts).toEqual([
      'files.example.com',
      'nas:8080',
      '[fd00::1]:81',
    ])
    expect(() => limits({ ROWBOT_FILE_HOSTS: 'http://nas/files' })).toThrow('ROWBOT_FILE_HOSTS must be hosts')
  })
})

describe('a bucket for files', () => {
  const key = { ROWBOT_BUCKET_KEY_ID: 'id', ROWBOT_BUCKET_SECRET: 'a secret' }

  test('is its name and a folder in it', () => {
    expect(readConfig({}).bucket).toBeUndefined()
    expect(readConfig({ ...key, ROWBOT_BUCKET: 's3://files.example' }).bucket).toEqual({
      name: 'files.example',
      prefix: '',
      endpoint: undefined,
      region: 'us-east-1',
      keyId: 'id',
      secret: 'a secret',
    })
    expect(readConfig({ ...key, ROWBOT_BUCKET: 's3://files/a/b/' }).bucket).toMatchObject({ prefix: 'a/b' })
  })

  test('is refused without its key, and if it is no bucket; the secret is never shown', () => {
    expect(() => readConfig({ ROWBOT_BUCKET: 's3://files' })).toThrow('but not its key')
    expect(() => readConfig({ ...key, ROWBOT_BUCKET: 'https://files' })).toThrow(
      /ROWBOT_BUCKET must be a bucket(?!.*a secret)/,
    )
  })
})
