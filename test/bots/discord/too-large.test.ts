import { expect, test } from 'bun:test'
import { listTasks } from '../../../src/db/tasks/tasks.ts'
import { until } from '../../support/bot.ts'
import { buttonsOf } from '../../support/discord/seen.ts'
import { IDS } from '../../support/discord/world.ts'
import {
  aRowbotInDiscord,
  inChannel,
  plain,
  SAMPLE,
  throughTheSteps,
  toldIn,
} from '../../support/discord/whole.ts'

const PAGE = { ROWBOT_PUBLIC_URL: 'https://rowbot.example/' }

test('a result that is too large for Discord becomes a link to its page, once', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord({ env: PAGE })
  discord.maxUploadBytes = 100
  mei.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  const wizard = await throughTheSteps(mei, IDS.merch)
  const told = await inChannel(discord, wizard.id, 'too large')
  const [task] = await listTasks(bot.db)
  expect(plain(told)).toBe(
    `The result is too large for this chat; it is on [the page](<https://rowbot.example/batch/${task?.id}>). <@${mei.user.id}>`,
  )
  expect(told.mentions).toEqual([mei.user.id])
  expect(buttonsOf(await inChannel(discord, wizard.id, 'completed'))).toContain('Open the page')
  expect(discord.messagesIn(wizard.id)).toHaveLength(2)
})

test('without a page it is said how whoever runs Rowbot gets it', async () => {
  const { mei, discord, bot } = await aRowbotInDiscord()
  discord.maxUploadBytes = 100
  mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, mei.direct)
  const told = await inChannel(discord, mei.direct, 'too large')
  const [task] = await listTasks(bot.db)
  expect(plain(told)).toContain(`The person who runs Rowbot can get it with “rowbot result ${task?.id}”.`)
})

const TOO_LARGE = 'The result is too large for this chat; it is on [the page]('
const TOO_LARGE_ZH = '结果文件太大，无法发到这里，请到[管理页面]('

for (const [zh, next, start, results, sentence] of [
  [false, 'Next', 'Start', 'Results so far', TOO_LARGE],
  [true, '下一步', '开始', '目前的结果', TOO_LARGE_ZH],
] as const) {
  test(`results so far that are too large are linked for who asked: ${results}`, async () => {
    const { mei, discord, bot } = await aRowbotInDiscord({ env: PAGE, zh, delayMs: 300 })
    discord.maxUploadBytes = 100
    mei.command(mei.direct, 'new', {}, discord.keep(SAMPLE.name, SAMPLE.bytes, { isEphemeral: true }))
    for (const step of [1, 2, 3, 4]) {
      const message = await inChannel(discord, mei.direct, zh ? `第 ${step} 步` : `${step} of 4`)
      mei.click(message, step < 4 ? next : start)
    }
    const progress = await until(
      () => inChannel(discord, mei.direct, 'Product copywriter ·'),
      (message) => buttonsOf(message).includes(results),
    )
    mei.click(progress, results)
    const told = plain(await toldIn(mei, mei.direct, sentence))
    const [task] = await listTasks(bot.db)
    expect(told).toContain(`(<https://rowbot.example/batch/${task?.id}>)`)
  })
}
