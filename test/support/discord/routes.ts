import { valueAt, listAt, textAt } from '../../../src/bots/json-path.ts'
import { answerInteraction, answerWebhook } from './interactions.ts'
import { type Answer, edited, kept, refused, sentBefore, wrong } from './messages.ts'
import type { ApiCall } from './calls.ts'
import type { LocalDiscord } from './local-discord.ts'
import { faultInCommands, faultInMessage } from './rules.ts'
import {
  BITS,
  BOT,
  type Channel,
  IDS,
  isThread,
  memberPayload,
  type Message,
  messagePayload,
  snowflake,
  userPayload,
} from './world.ts'

/** What each address of the REST API does. */
export function route(discord: LocalDiscord, call: ApiCall): Answer {
  for (const [pattern, handle] of ROUTES) {
    const match = pattern.exec(`${call.method} ${call.path}`)
    if (match) return handle(discord, call, match.slice(1))
  }
  return refused(404, 0, `404: ${call.method} ${call.path} is not known here`)
}

type Handle = (discord: LocalDiscord, call: ApiCall, ids: string[]) => Answer

const ROUTES: [RegExp, Handle][] = [
  [
    /^GET \/gateway\/bot$/,
    (discord) =>
      ok({
        url: discord.gatewayUrl,
        shards: 1,
        session_start_limit: { ...STARTS, remaining: discord.startsLeft },
      }),
  ],
  [/^GET \/users\/@me$/, () => ok({ ...userPayload(BOT), verified: true })],
  [
    /^GET \/users\/@me\/guilds/,
    (discord) => ok([{ id: IDS.guild, name: 'Merch & Co', permissions: String(discord.permissionsIn('')) }]),
  ],
  [/^GET \/applications\/@me$/, ({ application }) => ok({ ...APPLICATION, ...application })],
  [/^GET \/applications\/\d+\/commands$/, (discord) => ok(discord.commands)],
  [/^PUT \/applications\/\d+\/commands$/, putCommands],
  [
    /^GET \/guilds\/(\d+)$/,
    (discord, _, [id]) =>
      id === IDS.guild && !discord.hasLeft ? ok(discord.guild()) : refused(404, 10_004, 'Unknown Guild'),
  ],
  [/^GET \/guilds\/(\d+)\/members\/(\d+)$/, getMember],
  [/^POST \/users\/@me\/channels$/, openDirect],
  [
    /^GET \/channels\/(\d+)$/,
    (discord, _, [id = '']) => withChannel(discord, id, (channel) => ok(discord.payloadOf(channel))),
  ],
  [/^PATCH \/channels\/(\d+)$/, patchChannel],
  [/^POST \/channels\/(\d+)\/messages$/, createMessage],
  [/^GET \/channels\/(\d+)\/messages$/, listMessages],
  [/^GET \/channels\/(\d+)\/messages\/(\d+)$/, getMessage],
  [/^PATCH \/channels\/(\d+)\/messages\/(\d+)$/, editMessage],
  [/^POST \/channels\/(\d+)\/messages\/(\d+)\/threads$/, startThread],
  [/^POST \/interactions\/(\d+)\/([^/]+)\/callback$/, answerInteraction],
  [/^(\w+) \/webhooks\/\d+\/([^/]+)(?:\/messages\/(@original|\d+))?$/, answerWebhook],
]

const APPLICATION = { id: IDS.app, name: 'rowbot', bot_public: false, flags: 0 }
const STARTS = { total: 1_000, reset_after: 14_400_000, max_concurrency: 16 }

function ok(body: unknown): Answer {
  return { status: 200, body }
}

function putCommands(discord: LocalDiscord, { body }: ApiCall): Answer {
  const fault = faultInCommands(body)
  if (fault) return wrong(discord, fault)
  discord.commands = listAt({ body }, 'body').map((command) => ({
    id: snowflake(),
    application_id: IDS.app,
    version: snowflake(),
    nsfw: false,
    ...Object(command),
  }))
  return ok(discord.commands)
}

function getMember(discord: LocalDiscord, _: ApiCall, [guild, user = '']: string[]): Answer {
  const roles = discord.roles.get(user)
  if (guild !== IDS.guild || !roles) return refused(404, 10_007, 'Unknown Member')
  return ok(memberPayload({ id: user, username: user, bot: false }, roles))
}

function openDirect(discord: LocalDiscord, { body }: ApiCall): Answer {
  const id = directChannel(discord, textAt(body, 'recipient_id'))
  return withChannel(discord, id, (channel) => ok(discord.payloadOf(channel)))
}

/** Every person has one with the bot. */
export function directChannel(discord: LocalDiscord, user: string): string {
  const id = `5${user.slice(1)}`
  const recipient = { id: user, username: user, bot: false }
  if (!discord.channels.has(id)) discord.channels.set(id, { id, type: 1, name: '', recipient })
  return id
}

function patchChannel(discord: LocalDiscord, { body }: ApiCall, [id = '']: string[]): Answer {
  return withChannel(discord, id, (channel) => {
    // Only a moderator opens a thread that was locked.
    if (channel.locked) return refused(403, 50_013, 'Missing Permissions')
    if (valueAt(body, 'archived') === false) channel.archived = false
    return ok(discord.payloadOf(channel))
  })
}

function createMessage(discord: LocalDiscord, call: ApiCall, [id = '']: string[]): Answer {
  return withChannel(discord, id, (channel) => {
    if (channel.type === 15) return refused(400, 50_008, 'Cannot send messages in a non-text channel')
    const may = isThread(channel.type) ? BITS.sendInThreads : BITS.send
    const files = call.files.length > 0 ? BITS.attach : 0n
    const lacking = lacks(discord, channel, may | files)
    if (lacking) return lacking
    if (channel.locked) return refused(400, 160_005, 'Thread is locked')
    const fault = faultInMessage(call.body, call.files.length, { flags: 0 })
    if (fault) return wrong(discord, fault)
    const size = call.files.reduce((sum, { bytes }) => sum + bytes.byteLength, 0)
    if (size > discord.maxUploadBytes) return refused(413, 40_005, 'Request entity too large')
    channel.archived &&= false // a message opens a thread again
    const known = sentBefore(discord, id, call.body)
    return ok(messagePayload(known ?? kept(discord, id, call)))
  })
}

function listMessages(discord: LocalDiscord, { query }: ApiCall, [id = '']: string[]): Answer {
  return withChannel(discord, id, (channel) => {
    const lacking = lacks(discord, channel, BITS.history)
    if (lacking) return lacking
    const limit = Number(query.get('limit') ?? 50)
    if (limit < 1 || limit > 100) return refused(400, 50_035, 'Invalid Form Body')
    const before = BigInt(query.get('before') ?? 2n ** 64n)
    const newest = discord.messagesIn(id).toReversed()
    return ok(
      newest
        .filter((message) => BigInt(message.id) < before)
        .slice(0, limit)
        .map(messagePayload),
    )
  })
}

function getMessage(discord: LocalDiscord, _: ApiCall, [channel, id = '']: string[]): Answer {
  const message = discord.messages.get(id)
  if (!message || message.channel !== channel) return refused(404, 10_008, 'Unknown Message')
  // Every time it is asked for, its files have fresh addresses.
  const { forwards } = message
  return ok(messagePayload({ ...freshened(message), ...(forwards && { forwards: freshened(forwards) }) }))
}

function editMessage(discord: LocalDiscord, { body }: ApiCall, [id = '', which = '']: string[]): Answer {
  return withChannel(discord, id, (channel) => {
    const message = discord.messages.get(which)
    if (!message || message.channel !== id) return refused(404, 10_008, 'Unknown Message')
    if (message.author.id !== BOT.id) return refused(403, 50_005, 'Cannot edit a message of another user')
    if (channel.archived) return refused(400, 50_083, 'Thread is archived')
    if (discord.worn.has(which))
      return refused(400, 30_046, 'Maximum number of edits to messages older than 1 hour reached')
    return edited(discord, message, body)
  })
}

function startThread(discord: LocalDiscord, { body }: ApiCall, [id = '', message = '']: string[]): Answer {
  return withChannel(discord, id, (channel) => {
    const lacking = lacks(discord, channel, BITS.threads)
    if (lacking) return lacking
    if (channel.type !== 0) return refused(400, 50_024, 'Cannot execute action on this channel type')
    if (discord.channels.has(message)) return refused(400, 160_004, 'A thread has already been created')
    if (!discord.messages.has(message)) return refused(404, 10_008, 'Unknown Message')
    const name = textAt(body, 'name')
    if (name.length === 0 || name.length > 100) return wrong(discord, 'thread name')
    const thread: Channel = { id: message, type: 11, name, parent: id }
    discord.channels.set(message, thread)
    discord.gateway.dispatch('THREAD_CREATE', { ...discord.payloadOf(thread), newly_created: true })
    return { status: 201, body: discord.payloadOf(thread) }
  })
}

function withChannel(discord: LocalDiscord, id: string, work: (channel: Channel) => Answer): Answer {
  const channel = discord.channels.get(id)
  if (!channel) return refused(404, 10_003, 'Unknown Channel')
  if (channel.recipient && discord.shut.has(channel.recipient.id))
    return refused(403, 50_007, 'Cannot send messages to this user')
  if (channel.recipient && discord.hasLeft)
    return refused(403, 50_278, 'Cannot send messages to this user due to having no mutual guilds')
  return lacks(discord, channel, BITS.view) ?? work(channel)
}

function lacks(discord: LocalDiscord, channel: Channel, bits: bigint): Answer | undefined {
  if (channel.type === 1) return undefined
  if (discord.hasLeft) return refused(403, 50_001, 'Missing Access')
  const has = discord.permissionsIn(channel.id)
  if ((has & BITS.view) === 0n) return refused(403, 50_001, 'Missing Access')
  return (has & bits) === bits ? undefined : refused(403, 50_013, 'Missing Permissions')
}

function freshened(message: Message): Message {
  return { ...message, attachments: message.attachments.map((one) => ({ ...one, url: fresh(one.url) })) }
}

function fresh(url: string): string {
  const address = new URL(url)
  address.searchParams.set('ex', Math.floor(Date.now() / 1_000 + 86_400).toString(16))
  return address.href
}
