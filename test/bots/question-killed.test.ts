import { expect, test } from 'bun:test'
import { saysOf as discordSays } from '../support/discord/seen.ts'
import { saysOf } from '../support/slack/message.ts'
import { aDiscordOffice } from './support/discord-office.ts'
import { questionKilled } from './support/questions.ts'
import { aSlackOffice } from './support/slack-office.ts'

const OVER = '0 answers given'

test('killed at any step of a question in Slack, another process goes on: one message, which ends up right', async () => {
  const office = await aSlackOffice()
  const { slack, mei, person, direct, aChat, faults } = office
  const root = await mei.say(direct, 'please') // where the bot may read
  const place = { platform: 'slack' as const, team: person.team, channel: direct, thread: root.ts }
  const steps = await questionKilled(office, {
    owner: person,
    place,
    aChat,
    listen: (passing) => void (slack.passing = passing),
    check: async (step, name) => {
      const titles = (await mei.thread(direct, root.ts)).map((one) => saysOf(one).split('\n')[0] ?? '')
      const cards = titles.filter((title) => title.startsWith(`${name}:`))
      expect([step, cards]).toEqual([step, [`${name}: ${OVER}`]])
    },
  })
  expect(steps.filter((step) => step.startsWith('after chat.'))).toHaveLength(3) // progress, question, its end
  expect(faults.filter((fault) => !String(fault).includes('killed'))).toEqual([])
})

test('killed at any step of a question in Discord, another process goes on: one message, which ends up right', async () => {
  const office = await aDiscordOffice()
  const { discord, person, place, thread, aChat } = office
  discord.forgetsNonces = true
  const steps = await questionKilled(office, {
    owner: person,
    place,
    aChat,
    listen: (passing) => void (discord.passing = passing),
    check: (step, name) => {
      const texts = discord.messagesIn(thread).map((one) => discordSays(one).replaceAll('\\', ''))
      const cards = texts.filter((text) => text.includes(`${name}:`)).map((text) => text.includes(OVER))
      expect([step, cards]).toEqual([step, [true]])
      return Promise.resolve()
    },
  })
  expect(steps.filter((step) => /^after (POST|PATCH)/.test(step))).toHaveLength(3)
})
