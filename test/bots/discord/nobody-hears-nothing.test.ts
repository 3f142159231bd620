import { describe, expect, test } from 'bun:test'
import { DiscordBot } from '../../../src/bots/discord/app.ts'
import type { DiscordChatHandlers } from '../../../src/bots/discord/handlers.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import { newForm } from '../../../src/wizard/forms.ts'
import { later, until } from '../../support/bot.ts'
import type { Misbehaviour } from '../../support/discord/faults.ts'
import { DiscordPerson } from '../../support/discord/person.ts'
import { buttonsOf, customIdOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import {
  aDiscord,
  botOptions,
  inChannel,
  Logged,
  NO_DESK,
  plain,
  toldIn,
} from '../../support/discord/whole.ts'

const PROMPT: Prompt = { title: '', lines: [['You may not stop that.']], selects: [], buttons: [] }
const refuses = (code: number, status = 404): Misbehaviour => ({ kind: 'refuses', code, status })
const LIMITED: Misbehaviour = { kind: 'limited', retryAfter: 30 }
const DOWN: Misbehaviour = { kind: 'down' }

/** https://docs.discord.com/developers/topics/opcodes-and-status-codes#json */
const OF_INTERACTIONS: [string, Misbehaviour][] = [
  ['10062 unknown interaction', refuses(10_062)],
  ['10015 unknown webhook', refuses(10_015)],
  ['50027 invalid webhook token', refuses(50_027, 401)],
  ['40060 already acknowledged', refuses(40_060, 400)],
  ['10008 unknown message', refuses(10_008)],
  ['50001 missing access', refuses(50_001, 403)],
  ['50013 missing permissions', refuses(50_013, 403)],
  ['429', LIMITED],
  ['502', DOWN],
]
const OF_MESSAGES: [string, Misbehaviour][] = [
  ['50007 takes no direct messages', refuses(50_007, 403)],
  ['50001 missing access', refuses(50_001, 403)],
  ['50013 missing permissions', refuses(50_013, 403)],
  ['50278 no server in common', refuses(50_278, 403)],
  ['10003 unknown channel', refuses(10_003)],
  ['10013 unknown user', refuses(10_013)],
  ['40003 opening direct messages too fast', refuses(40_003, 403)],
  ['99999 a new one', refuses(99_999, 400)],
  ['429', LIMITED],
  ['502', DOWN],
]
const ANSWER = /^(POST|PATCH) \/webhooks/
const DIRECT = /^POST \/channels\/5\d+\/messages/

/** A bot that answers every command and every click in this way. */
async function aBotThat(answer: DiscordChatHandlers['click']) {
  const discord = aDiscord()
  const log = new Logged()
  const bot = new DiscordBot(botOptions(discord, log))
  later(() => bot.stop(0))
  await bot.start({
    ...NO_DESK,
    click: answer,
    command: async ({ place, person }) => void (await bot.chat.tell(place, person, PROMPT)),
  })
  const mei = new DiscordPerson(discord, 'mei')
  /** a message of the bot with a button */
  const withButton = async () => {
    const prompt: Prompt = { ...PROMPT, buttons: [{ id: 'new', label: 'New batch' }] }
    const place = { platform: 'discord' as const, team: IDS.guild, channel: IDS.merch, thread: IDS.merch }
    const posted = await bot.chat.post(place, prompt, { key: crypto.randomUUID().slice(0, 20), again: false })
    const message = discord.messages.get(posted.kind === 'ok' ? posted.value.id : '')
    if (!message) throw new Error('not posted')
    return message
  }
  return { discord, log, bot, mei, withButton }
}

describe('what was to be told as the response to a command', () => {
  const aBot = () => aBotThat(() => Promise.resolve())

  test.each(OF_INTERACTIONS)('and is refused (%s) is told in a direct message', async (_, how) => {
    const { discord, mei } = await aBot()
    discord.faults.plan(ANSWER, how, 9)
    mei.command(IDS.merch, 'list')
    await inChannel(discord, mei.direct, 'You may not stop that.')
  })

  test.each(OF_MESSAGES)(
    'and cannot be told in a direct message either (%s) stands where it was typed',
    async (_, how) => {
      const { discord, mei } = await aBot()
      discord.faults.plan(ANSWER, refuses(50_027, 401), 9)
      discord.faults.plan(DIRECT, how, 9)
      mei.command(IDS.merch, 'list')
      const message = await inChannel(discord, IDS.merch, 'You may not stop that.')
      expect(message.mentions).toEqual([mei.user.id])
    },
  )

  test('is told in the response though its “thinking…” is gone', async () => {
    const { discord, mei } = await aBot()
    discord.faults.plan(/^PATCH \/webhooks/, refuses(10_008))
    mei.command(IDS.merch, 'list')
    await toldIn(mei, IDS.merch, 'You may not stop that.')
  })

  test('after a quarter of an hour is told in a direct message', async () => {
    const { discord, mei, bot } = await aBot()
    mei.command(IDS.merch, 'list')
    await toldIn(mei, IDS.merch, 'You may not stop that.')
    discord.time.pass(15 * 60_000 + 1)
    const place = { platform: 'discord' as const, team: IDS.guild, channel: IDS.merch, thread: IDS.merch }
    await bot.chat.tell(place, { id: mei.user.id, name: 'Mei' }, PROMPT)
    await inChannel(discord, mei.direct, 'You may not stop that.')
  })

  test('and is refused everywhere is in the log, once, with what was not said', async () => {
    const { discord, mei, log } = await aBot()
    discord.faults.plan(ANSWER, refuses(50_027, 401), 9)
    discord.faults.plan(/^POST \/channels/, refuses(50_013, 403), 9)
    mei.command(IDS.merch, 'list')
    await until(
      () => log.lines,
      (lines) => lines.length > 0,
    )
    expect(log.lines).toEqual([
      {
        level: 'warn',
        message: 'a person could not be told something',
        details: {
          user: mei.user.id,
          unsaid: 'You may not stop that.',
          refusals: {
            'as a response': 'there is no interaction that can be answered',
            'in a direct message': '50013 refused',
            'in the place': '50013 refused',
          },
        },
      },
    ])
  })
})

describe('a form that Discord does not open', () => {
  const FORM = newForm(textsFor('en-US'))
  const aBot = () => aBotThat(async (_, __, ___, openForm) => openForm(FORM))

  test.each(OF_INTERACTIONS)('(%s) is offered again by a button', async (_, how) => {
    const { discord, mei, withButton } = await aBot()
    const message = await withButton()
    // A failed call is made once more; what follows it is taken.
    discord.faults.plan(/\/callback$/, how, how.kind === 'down' ? 2 : 1)
    mei.click(message, 'New batch')
    const offered = await until(
      () => [...mei.told(IDS.merch), ...discord.messagesIn(mei.direct)].find((one) => one.id !== message.id),
      (one) => one !== undefined,
    )
    if (!offered) throw new Error('unreachable')
    expect(plain(offered)).toContain('Press the button once more.')
    expect(buttonsOf(offered)).toEqual(['New batch'])
    await mei.form(mei.clickId(offered, customIdOf(offered, 'New batch')))
  })
})

test('an answer that comes after 3 s is seen as failed by its person, and given in another way', async () => {
  const gate = Promise.withResolvers<void>()
  const { discord, mei, withButton, bot } = await aBotThat(async ({ place, person }) => {
    discord.time.pass(3_001)
    await bot.chat.tell(place, person, PROMPT)
    gate.resolve()
  })
  mei.click(await withButton(), 'New batch')
  await gate.promise
  await inChannel(discord, mei.direct, 'You may not stop that.')
  expect(discord.late.splice(0)).toHaveLength(1)
})

test('an edit that somebody waits for does not wait behind one for progress in the same channel', async () => {
  const { discord, bot, withButton } = await aBotThat(() => Promise.resolve())
  const [progress, step] = [await withButton(), await withButton()]
  const place = { platform: 'discord' as const, team: IDS.guild, channel: IDS.merch, thread: IDS.merch }
  discord.faults.plan(new RegExp(`^PATCH .*${progress.id}$`), { kind: 'slow', ms: 1_000 })
  const order: string[] = []
  const slow = bot.chat
    .edit({ place, id: progress.id }, PROMPT, 'progress')
    .then(() => order.push('progress'))
  const quick = bot.chat.edit({ place, id: step.id }, PROMPT).then(() => order.push('step'))
  await Promise.all([slow, quick])
  expect(order).toEqual(['step', 'progress'])
})
