import { expect, test } from 'bun:test'
import { UserError } from '../../../src/engine/user-error.ts'
import { isAllowed } from '../../../src/bots/download.ts'
import { fetchRules } from '../../../src/bots/slack/files.ts'
import { later, until } from '../../support/bot.ts'
import { bytesOf } from '../support/sent.ts'
import type { Misbehaviour } from '../../support/slack/faults.ts'
import { aSlackBot } from '../../support/slack/rig.ts'

const BYTES = new TextEncoder().encode('Name\nKettle\n')

/** Someone drops a file while Slack misbehaves: what its download comes to. */
async function sentenceOf(
  misbehave: { method: string; how: Misbehaviour; times?: number }[],
  options: { maxFileBytes?: number; locale?: string } = {},
): Promise<string> {
  const { locale, ...botOptions } = options
  const { slack, desk: handlers, mei } = await aSlackBot(botOptions)
  if (locale) slack.traits.set(mei.id, { locale })
  for (const { method, how, times } of misbehave) slack.faults.plan(method, how, times)
  await mei.drop(BYTES, 'products.csv')
  const [received] = await until(
    () => handlers.received,
    (all) => all.length > 0,
  )
  try {
    await bytesOf(received?.sending.files[0])
  } catch (fault) {
    if (fault instanceof UserError) return `${fault.message} ${fault.hint ?? ''}`.trim()
    throw fault
  }
  return 'it was downloaded'
}

const FILE_FAULTS: [name: string, method: string, how: Misbehaviour, sentence: string][] = [
  [
    'the sign-in page instead of a file',
    'download',
    { kind: 'page' },
    'This Slack app lacks the permission “files:read”. Its owner can add it under “OAuth & Permissions” and install the app again; rowbot doctor names every missing one.',
  ],
  [
    'a scope that is missing',
    'files.info',
    { kind: 'refuses', error: 'missing_scope' },
    'This Slack app lacks the permission “files:read”. Its owner can add it under “OAuth & Permissions” and install the app again; rowbot doctor names every missing one.',
  ],
  [
    'a channel that the bot is not in',
    'files.info',
    { kind: 'refuses', error: 'file_not_found' },
    'I cannot see “products.csv” here. Invite me to this channel (/invite), or send me the file in a direct message.',
  ],
  [
    'a deleted file',
    'files.info',
    { kind: 'refuses', error: 'file_deleted' },
    '“products.csv” has been deleted. Please send it again.',
  ],
]

for (const [name, method, how, sentence] of FILE_FAULTS) {
  test(`${name} ends in a sentence`, async () => {
    expect(await sentenceOf([{ method, how }])).toBe(sentence)
  })
}

test('a file above the limit ends in a sentence', async () => {
  expect(await sentenceOf([], { maxFileBytes: 4 })).toBe(
    '“products.csv” is larger than 0 MB, the most I read.',
  )
})

test.each([
  ['zh-CN', '“products.csv”已被删除。 请再发一次。'],
  ['zh-TW', '「products.csv」已被刪除。 請再傳一次。'],
])('the sentences are in the language of the person: %s', async (locale, sentence) => {
  const deleted = { method: 'files.info', how: { kind: 'refuses', error: 'file_deleted' } } as const
  expect(await sentenceOf([deleted], { locale })).toBe(sentence)
})

test('a redirect to a stranger is not followed, and the token not given away', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const heard: (string | null)[] = []
  const stranger = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    fetch: (request) => {
      heard.push(request.headers.get('authorization'))
      return new Response(BYTES)
    },
  })
  later(() => stranger.stop(true))
  slack.faults.plan('download', { kind: 'moved', to: `http://127.0.0.1:${stranger.port}/products.csv` })
  await mei.drop(BYTES, 'products.csv')
  const [received] = await until(
    () => handlers.received,
    (all) => all.length > 0,
  )
  const [file] = received?.sending.files ?? []
  expect(bytesOf(file)).rejects.toThrow('Slack would not hand over “products.csv”.')
  await bytesOf(file)
  expect(heard).toEqual([])
})

test('the token goes to Slack’s hosts over https, and to nothing that looks like one', () => {
  const rules = fetchRules('xoxb', { maxBytes: 1, maxFilesBytes: 1 })
  const allowed = (address: string) => isAllowed(new URL(address), rules)
  expect(allowed('https://files.slack.com/files-pri/x')).toBe(true)
  for (const address of [
    'http://files.slack.com/x',
    'https://evilslack.com/x',
    'https://slack.com.example.com/x',
    'https://files.slack.com:8443/x',
    'https://files.slack.com@example.com/x',
  ])
    expect([address, allowed(address)]).toEqual([address, false])
})

test('a file is fetched all the same after a 429, a 502 and a redirect within Slack', async () => {
  const { slack, desk: handlers, mei } = await aSlackBot()
  const message = await mei.drop(BYTES, 'products.csv')
  const [received] = await until(
    () => handlers.received,
    (all) => all.length > 0,
  )
  slack.faults.plan('files.info', { kind: 'limited', retryAfter: 0 })
  slack.faults.plan('files.info', { kind: 'down' })
  const to = `${slack.url}/files-pri/${message.files[0]?.id}/products.csv`
  slack.faults.plan('download', { kind: 'moved', to })
  expect(await bytesOf(received?.sending.files[0])).toEqual(BYTES)
})
