import { Api } from '../../../src/bots/discord/api.ts'
import { DiscordChat } from '../../../src/bots/discord/chat.ts'
import { messageOf } from '../../../src/bots/discord/render.ts'
import type { Person } from '../../../src/messages/people.ts'
import { DiscordPerson } from '../../support/discord/person.ts'
import { saysOf } from '../../support/discord/seen.ts'
import { aDiscord, Logged } from '../../support/discord/whole.ts'
import { BOT, IDS, snowflake, TOKEN, V2 } from '../../support/discord/world.ts'
import { anOffice } from './office.ts'

/** The same in a thread of a local Discord. */
export async function aDiscordOffice() {
  const discord = aDiscord()
  const mei = new DiscordPerson(discord, 'mei')
  const person: Person = { platform: 'discord', team: '', id: mei.user.id, name: 'Mei', roles: [] }
  const office = await anOffice('discord', person)
  const thread = snowflake()
  discord.channels.set(thread, { id: thread, type: 11, name: 'products', parent: IDS.merch })
  const place = { platform: 'discord' as const, team: IDS.guild, channel: IDS.merch, thread }
  const aChat = () =>
    new DiscordChat(new Api({ token: TOKEN, apiUrl: discord.apiUrl }, new Logged()), new Logged())

  /** A task is over, the card of which stands in the thread. */
  const ends = async (end: 'complete' | 'halt' = 'complete') => {
    const id = snowflake()
    const running = { title: 'Running', lines: [], selects: [], buttons: [] }
    const { components } = messageOf(running)
    discord.messages.set(id, {
      id,
      channel: thread,
      author: BOT,
      content: '',
      flags: V2,
      components,
      attachments: [],
      mentions: [],
      edits: 0,
    })
    const task = await office.ends(place, { place, id }, end)
    return { ...task, card: id }
  }
  /** Where something that says so is now, once for each time. */
  const whereIs = (words: string): string[] =>
    [...discord.messages.values()]
      .filter((one) => saysOf(one).includes(words) || one.attachments.some((file) => file.filename === words))
      .map(({ channel }) => (channel === thread ? 'thread' : channel === IDS.merch ? 'channel' : 'direct'))
  const endsIn = office.ends
  return { ...office, endsIn, discord, mei, person, thread, place, aChat, ends, whereIs }
}
