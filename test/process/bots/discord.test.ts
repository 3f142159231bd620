import { expect, test } from 'bun:test'
import { aBot, until } from '../../support/bot.ts'
import { freePort } from '../../support/free-port.ts'
import { rowbot } from '../../support/command.ts'
import { DiscordPerson } from '../../support/discord/person.ts'
import { saysOf } from '../../support/discord/seen.ts'
import { aDiscord, inChannel, resultOf, SAMPLE, STEPS, toldIn } from '../../support/discord/whole.ts'
import { BOT, IDS, TOKEN } from '../../support/discord/world.ts'

/** The library takes up to 2 s to let go of a line that is just being opened; a busy machine adds to it. */
const ENDS_WITHIN_MS = 8_000

/** The real process in a local Discord, which can be killed and started again on the same data folder. */
async function aProcessInDiscord(delayMs = 300, more: Record<string, string> = {}) {
  const { sandbox, folder } = await aBot({ delayMs })
  const discord = aDiscord()
  const env = {
    ROWBOT_DATA_DIR: folder,
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: discord.apiUrl,
    DIFY_QUEUE_MINUTES: '0.02',
    ...more,
  }
  const serve = async () => {
    const command = rowbot(['serve'], env)
    await command.says('Running the tasks')
    return command
  }
  let running = await serve()
  const killAndStart = async () => {
    running.process.kill('SIGKILL')
    await running.process.exited
    running = await serve()
  }
  return {
    sandbox,
    discord,
    running: () => running,
    killAndStart,
    /** Kills it while a call is on its way: Discord does what it was asked, and nobody hears the answer. */
    killDuring: async (call: RegExp) => {
      const isOnItsWay = () =>
        discord.calls.some(({ method, path, status }) => status === 0 && call.test(`${method} ${path}`))
      await until(isOnItsWay, Boolean)
      await killAndStart()
    },
    mei: new DiscordPerson(discord, 'mei'),
    ours: (channel: string) => discord.messagesIn(channel).filter(({ author }) => author.id === BOT.id),
  }
}

type Cast = Awaited<ReturnType<typeof aProcessInDiscord>>

test('kill -9 at every step and in the task: one wizard, one thread, one progress message, one result', async () => {
  const { mei, discord, sandbox, ours, killAndStart } = await aProcessInDiscord(1_000)
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  let wizard = ''
  for (const [step, button] of STEPS) {
    const message = await inChannel(discord, IDS.merch, step)
    await killAndStart()
    mei.click(message, button)
    wizard = message.id
  }
  const progress = await inChannel(discord, wizard, 'Product copywriter')
  await until(
    () => sandbox.hits().length,
    (hits) => hits > 1,
  )
  await killAndStart()
  const result = await inChannel(discord, wizard, '.results.xlsx')
  expect([...(await resultOf(discord, result)).keys()]).toEqual([2, 3, 4, 5, 6])
  expect(saysOf(progress)).toContain('completed')
  expect(ours(wizard).map(({ id }) => id)).toEqual([progress.id, result.id])
  expect(ours(IDS.merch).map(({ id }) => id)).toEqual([wizard])
  const names = sandbox.hits().map(({ inputs }) => inputs['name'])
  expect(new Set(names).size).toBe(names.length)
})

test('kill -9 while a thread is made, and while each message is on its way: none is there twice', async () => {
  const { mei, discord, ours, killDuring } = await aProcessInDiscord()
  discord.faults.plan(/^POST .*\/(threads|messages)$/, { kind: 'slow', ms: 200 }, 99)
  discord.forgetsNonces = true // so that it is Rowbot that has to know
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS.slice(0, 3)) mei.click(await inChannel(discord, IDS.merch, step), button)
  const last = await inChannel(discord, IDS.merch, '4 of 4')
  mei.click(last, 'Start')
  await killDuring(/\/threads$/)
  await killDuring(new RegExp(`^POST /channels/${last.id}/messages$`)) // the progress
  const progress = await inChannel(discord, last.id, 'Product copywriter')
  await killDuring(new RegExp(`^POST /channels/${last.id}/messages$`)) // the result
  const result = await inChannel(discord, last.id, '.results.xlsx')
  // Long enough for a second one to come, if it were to: the process tells when it has nothing more to do.
  mei.command(IDS.merch, 'list')
  await toldIn(mei, IDS.merch, 'completed')
  expect(ours(last.id).map(({ id }) => id)).toEqual([progress.id, result.id])
  expect(ours(IDS.merch).map(({ id }) => id)).toEqual([last.id])
})

test('kill -9 while a link is on its way, and while the thread is told of it: each comes once, and the link works', async () => {
  const port = freePort()
  const page = { ROWBOT_PORT: String(port), ROWBOT_PUBLIC_URL: `http://127.0.0.1:${port}` }
  const { mei, discord, ours, killDuring } = await aProcessInDiscord(0, page)
  discord.faults.plan(/^POST .*\/messages$/, { kind: 'slow', ms: 200 }, 99)
  discord.forgetsNonces = true // so that it is Rowbot that has to know
  discord.maxUploadBytes = 100
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  for (const [step, button] of STEPS) mei.click(await inChannel(discord, IDS.merch, step), button)
  await killDuring(new RegExp(`^POST /channels/${mei.direct}/messages$`))
  const isTold = `^POST /channels/(?!${mei.direct}|${IDS.merch})\\d+/messages$`
  await killDuring(new RegExp(isTold))
  const thread = [...discord.messages.values()].find(({ id }) => discord.messagesIn(id).length > 0)
  if (!thread) throw new Error('no thread')
  await inChannel(discord, thread.id, 'a link.')
  // Long enough for a second one to come, if it were to: the process tells when it has nothing more to do.
  mei.command(IDS.merch, 'list')
  await toldIn(mei, IDS.merch, 'completed')
  const links = ours(mei.direct)
  expect(links).toHaveLength(1)
  expect(ours(thread.id).filter((one) => saysOf(one).includes('too large'))).toHaveLength(1)
  const [url = ''] = /http:\/\/[^>)]+\/r\/[\w-]{43}/.exec(links.map(saysOf).join()) ?? []
  expect((await fetch(`${url}/result`)).headers.get('content-disposition')).toContain('.results.xlsx')
})

test('kill -9 while the file is being read ends the message with what to do, and the file sent again runs', async () => {
  const { mei, discord, ours, killDuring } = await aProcessInDiscord()
  discord.faults.plan(/^POST .*\/messages$/, { kind: 'slow', ms: 200 })
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  await killDuring(new RegExp(`^POST /channels/${IDS.merch}/messages$`))
  await inChannel(discord, IDS.merch, 'Please send it again')
  expect(ours(IDS.merch)).toHaveLength(1)
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, IDS.merch, '1 of 4')
})

for (const [when, happens] of [
  ['connected', () => {}],
  ['gone', ({ discord }) => discord.close()],
  [
    'silent while the line is opened anew',
    async ({ discord }) => {
      discord.gateway.isMute = true
      discord.gateway.drop(4000)
      await until(
        () => discord.gateway.isOpen,
        (isOpen) => !isOpen,
      )
    },
  ],
] as const satisfies [string, (cast: Cast) => void | Promise<void>][]) {
  test(`told to end, the process ends within seconds while Discord is ${when}`, async () => {
    const cast = await aProcessInDiscord()
    await happens(cast)
    const { process, ended } = cast.running()
    process.kill('SIGTERM')
    const late = Bun.sleep(ENDS_WITHIN_MS).then(() => ({ code: undefined, err: 'not ended' }))
    expect(await Promise.race([ended, late])).toMatchObject({ code: 0 })
  })
}

for (const [when, at] of [
  ['asks Discord where to connect', 'after GET /gateway/bot'],
  ['connects to Discord', 'before the line is open'],
  ['connects to Discord, which does not answer', 'before the line is open'],
] as const) {
  test(`told to end while it ${when}, the process ends, and is not connected after that`, async () => {
    const { folder } = await aBot()
    const discord = aDiscord()
    const isAsked = Promise.withResolvers<void>()
    const mayAnswer = Promise.withResolvers<void>()
    discord.passing = (step) => {
      if (step !== at) return undefined
      isAsked.resolve()
      return mayAnswer.promise
    }
    const env = { ROWBOT_DATA_DIR: folder, DISCORD_TOKEN: TOKEN, DISCORD_API_URL: discord.apiUrl }
    const running = rowbot(['serve'], env)
    const { process, ended } = running
    await isAsked.promise
    process.kill('SIGTERM')
    await running.says('Stopping')
    await Bun.sleep(100) // it has closed what there was to close, which nothing tells: too short a wait hides a fault, and is never red
    if (!when.includes('does not answer')) mayAnswer.resolve()
    const late = Bun.sleep(ENDS_WITHIN_MS).then(() => ({ code: undefined, err: 'not ended' }))
    expect(await Promise.race([ended, late])).toMatchObject({ code: 0 })
  })
}

test('a token that Discord refuses ends serve with a sentence', async () => {
  const discord = aDiscord()
  const { folder } = await aBot()
  const command = rowbot(['serve'], {
    ROWBOT_DATA_DIR: folder,
    DISCORD_TOKEN: 'OTAwMDAwMDAwMDAwMDAwMDAx.GfAkEt.another-token-of-no-worth-at-all',
    DISCORD_API_URL: discord.apiUrl,
  })
  const { code, err } = await command.ended
  expect(code).toBe(1)
  expect(err).toContain('Discord does not accept DISCORD_TOKEN.')
  expect(err).not.toContain('another-token')
})
