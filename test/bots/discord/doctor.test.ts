import { expect, test } from 'bun:test'
import { examineDiscordChannel } from '../../../src/bots/discord/doctor-channel.ts'
import { examineDiscord } from '../../../src/bots/discord/doctor.ts'
import { registerDiscord } from '../../../src/bots/discord/register.ts'
import { BITS, EMBED_LINKS, EVERYTHING, IDS, TOKEN } from '../../support/discord/world.ts'
import { aDiscord, Logged } from '../../support/discord/whole.ts'

/** A local Discord in which everything is set up, and what the doctor says of it that is not fine. */
async function aDiscordInOrder() {
  const discord = aDiscord()
  const settings = { token: TOKEN, apiUrl: discord.apiUrl }
  await registerDiscord(settings, new Logged())
  return {
    discord,
    faults: async (more: { token?: string; guilds?: string[] } = {}) =>
      (await examineDiscord({ ...settings, ...more }, new Logged())).filter(({ kind }) => kind !== 'fine'),
    channel: (id: string) => examineDiscordChannel(settings, id, new Logged()),
  }
}

test('a set-up in order has no fault, and Discord that is off is called off', async () => {
  const { faults } = await aDiscordInOrder()
  expect(await faults()).toEqual([])
  expect(await examineDiscord({}, new Logged())).toEqual([
    { kind: 'fine', sentence: 'Discord is off: DISCORD_TOKEN is not given.' },
  ])
})

test('a token that Discord does not know is named, with where a new one is made', async () => {
  const { faults } = await aDiscordInOrder()
  expect(await faults({ token: 'x' })).toEqual([
    {
      kind: 'bad',
      sentence: 'Discord does not accept DISCORD_TOKEN: there is no such token.',
      fix: { where: expect.stringContaining('Bot → Reset Token → Copy'), paste: 'DISCORD_TOKEN=…' },
    },
  ])
})

test('Discord being down is not taken for a wrong token', async () => {
  const { discord, faults } = await aDiscordInOrder()
  discord.faults.plan(/applications\/@me$/, { kind: 'down' }, 9)
  const [fault] = await faults()
  expect(fault?.sentence).toStartWith('Discord could not be asked about DISCORD_TOKEN: it cannot be reached')
  expect(fault?.fix?.where).toContain('discordstatus.com')
})

const PORTAL = `https://discord.com/developers/applications/${IDS.app}`

test.each([
  [
    { interactions_endpoint_url: 'https://old.example.com' },
    'Commands and clicks go to https://old.example.com, not to Rowbot',
    `${PORTAL}/information → Interactions Endpoint URL: make it empty`,
  ],
  [
    { bot_require_code_grant: true },
    'The invite link does not work',
    `${PORTAL}/bot → Requires OAuth2 Code Grant: off`,
  ],
  [{ bot_public: true }, 'Anybody may invite this bot', `${PORTAL}/bot → Public Bot: off`],
])('the application’s switch %j is a fault with its page in the portal', async (application, says, where) => {
  const { discord, faults } = await aDiscordInOrder()
  discord.application = application
  expect(await faults()).toMatchObject([
    {
      kind: 'bad',
      sentence: expect.stringContaining(says),
      fix: { where: expect.stringContaining(where) },
    },
  ])
})

test('a bot that has connected too often today, commands that are out of date and a server without it are faults', async () => {
  const { discord, faults } = await aDiscordInOrder()
  discord.startsLeft = 0
  discord.commands = discord.commands.slice(1)
  expect(await faults({ guilds: [IDS.guild, '800000000000000009'] })).toMatchObject([
    { sentence: 'The bot has connected too often: Discord takes no new connection for the next 4 h.' },
    {
      sentence: 'The registered commands are out of date.',
      fix: { paste: 'bun rowbot discord register' },
    },
    {
      sentence: 'The bot is not in the server 800000000000000009 of DISCORD_GUILDS.',
      fix: { paste: expect.stringContaining('https://discord.com/oauth2/authorize?') },
    },
  ])
})

test('a permission that the role lacks on the whole server is named', async () => {
  const { discord, faults } = await aDiscordInOrder()
  discord.everyone = EVERYTHING & ~BITS.threads
  expect(await faults()).toMatchObject([
    {
      sentence: 'On Merch & Co the bot lacks Create Public Threads.',
      fix: { where: expect.stringContaining('Merch & Co → Server Settings → Roles') },
    },
  ])
})

test.each([
  ['Send Messages', BITS.send],
  ['Create Public Threads', BITS.threads],
  ['Send Messages in Threads', BITS.sendInThreads],
  ['Attach Files', BITS.attach],
  ['Read Message History', BITS.history],
])('%s that a channel denies is named, with that channel’s settings', async (permission, bit) => {
  const { discord, channel } = await aDiscordInOrder()
  discord.denied.set(IDS.merch, bit)
  expect(await channel(IDS.merch)).toEqual([
    {
      kind: 'bad',
      sentence: `In merch the bot lacks ${permission}.`,
      fix: {
        where: `merch → Edit Channel → Permissions → Advanced → the bot’s role → ${permission} ✓ (the channel denies it)`,
      },
    },
  ])
})

test('a permission that the bot’s role lacks everywhere is to be given to the role, not in the channel', async () => {
  const { discord, channel } = await aDiscordInOrder()
  discord.everyone = EVERYTHING & ~BITS.attach
  const [fault] = await channel(IDS.merch)
  expect(fault?.fix?.where).toContain('Server Settings → Roles → the bot’s role → Permissions → Attach Files')
})

test('Embed Links is worth a warning and no more', async () => {
  const { discord, channel } = await aDiscordInOrder()
  discord.denied.set(IDS.merch, EMBED_LINKS)
  expect(await channel(IDS.merch)).toMatchObject([
    { kind: 'fine', sentence: 'In merch the bot has every permission that it needs.' },
    { kind: 'warning', sentence: expect.stringContaining('lacks Embed Links') },
  ])
})

test('what a channel allows the bot itself wins over what it denies its roles, and that over everyone', async () => {
  const { discord, channel } = await aDiscordInOrder()
  const merch = discord.channels.get(IDS.merch)
  if (!merch) throw new Error('unreachable')
  discord.roles.set(IDS.app, [IDS.buyers])
  const of = (id: string, type: 0 | 1, allow: bigint, deny: bigint) => ({
    id,
    type,
    allow: String(allow),
    deny: String(deny),
  })
  discord.denied.set(IDS.merch, BITS.send | BITS.attach)
  merch.overwrites = [of(IDS.buyers, 0, BITS.send, BITS.history), of(IDS.app, 1, BITS.history, 0n)]
  const sentences = (await channel(IDS.merch)).map(({ sentence }) => sentence)
  expect(sentences).toEqual(['In merch the bot lacks Attach Files.'])
})

test('a thread has the permissions of its channel, and a locked one is a fault of its own', async () => {
  const { discord, channel } = await aDiscordInOrder()
  const id = '710000000000000001'
  discord.channels.set(id, { id, type: 11, name: 'October', parent: IDS.merch })
  expect((await channel(id)).map(({ kind }) => kind)).toEqual(['fine'])
  discord.denied.set(IDS.merch, BITS.sendInThreads)
  discord.channels.set(id, { id, type: 11, name: 'October', parent: IDS.merch, locked: true })
  expect((await channel(id)).map(({ sentence }) => sentence)).toEqual([
    'The thread October is locked: nobody but moderators can write in it.',
    'In October the bot lacks Send Messages in Threads.',
  ])
})

test('in a voice channel, which has no threads, none are asked for', async () => {
  const { discord, channel } = await aDiscordInOrder()
  discord.denied.set(IDS.voice, BITS.threads | BITS.sendInThreads)
  expect((await channel(IDS.voice)).map(({ kind }) => kind)).toEqual(['fine'])
})

test('a channel that the bot cannot see, one that is not there and no id at all are told apart', async () => {
  const { discord, channel } = await aDiscordInOrder()
  discord.denied.set(IDS.merch, BITS.view)
  const [unseen] = await channel(IDS.merch)
  expect(unseen?.sentence).toContain('The bot lacks View Channel')
  const [absent] = await channel('700000000000000099')
  expect(absent).toMatchObject({
    sentence: expect.stringContaining('There is no channel 700000000000000099'),
    fix: { paste: expect.stringContaining('https://discord.com/oauth2/authorize?') },
  })
  const [unreadable] = await channel('#merch')
  expect(unreadable?.fix?.where).toContain('Developer Mode')
})
