import type { WebClient } from '@slack/web-api'
import { bad, type DoctorResult, fine, type Fix, warning } from '../doctor-result.ts'
import { textAt } from '../json-path.ts'
import type { Log } from '../log.ts'
import { addScope } from './app-page.ts'
import { call, callWithRetries, type SlackCallResult } from './call.ts'
import { backgroundClient } from './clients.ts'
import type { SlackSettings } from './doctor-settings.ts'
import { fixOf, reasonOf } from './refused.ts'
import { isShared, Uploads } from './uploads.ts'

/** Slack shares a file some moments after it has accepted it. */
const TRIES = 10
const PAUSE_MS = 500

export interface ChannelToTry {
  /** `#name` of a public channel, or an id */
  channel: string
  /** for tests: pause between two looks at the file */
  pauseMs?: number
}

/** Posts a message in a channel and a file in its thread, as a task does, and deletes both. */
export async function examineSlackChannel(
  { botToken, apiUrl }: Pick<SlackSettings, 'botToken' | 'apiUrl'>,
  { channel, pauseMs = PAUSE_MS }: ChannelToTry,
  log: Log,
): Promise<DoctorResult[]> {
  if (!botToken) return [] // examineSlack says that it is missing
  const client = backgroundClient({ token: botToken, log, ...(apiUrl && { apiUrl }) })
  const identity = await callWithRetries(client, 'auth.test', {})
  const name = (identity.kind === 'ok' && textAt(identity.value, 'user')) || 'rowbot'
  const posted = await call(client, 'chat.postMessage', {
    channel,
    text: 'rowbot doctor tries whether Rowbot may write here. This message is deleted at once.',
  })
  if (posted.kind !== 'ok')
    return [
      bad(`The bot cannot write in ${channel}: ${whyNot(posted)}`, channelFixOf(posted, name, 'chat:write')),
    ]
  // The answer has the channel’s id, even if a name was given.
  const place = { channel: textAt(posted.value, 'channel'), thread: textAt(posted.value, 'ts') }
  const results = [
    fine(`The bot may write in ${channel}.`),
    await examineUpload(client, place, { channel, name, pauseMs }),
  ]
  const deleted = await call(client, 'chat.delete', { channel: place.channel, ts: place.thread })
  if (deleted.kind === 'ok') return results
  return [
    ...results,
    warning(`The message in ${channel} could not be deleted: ${reasonOf(deleted)}`, {
      where: 'Delete it by hand: ⋯ → Delete message',
    }),
  ]
}

async function examineUpload(
  client: WebClient,
  place: { channel: string; thread: string },
  { channel, name, pauseMs }: { channel: string; name: string; pauseMs: number },
): Promise<DoctorResult> {
  const file = { name: 'rowbot-doctor.txt', content: new Blob(['rowbot doctor\n']) }
  const uploads = new Uploads(client)
  const stored = await uploads.store(file)
  if (stored.kind !== 'ok')
    return bad(
      `The bot cannot send files: Slack says “${errorOf(stored)}”.`,
      addScope(undefined, 'files:write'),
    )
  const id = stored.value
  const shared = await call(client, 'files.completeUploadExternal', {
    files: [{ id, title: file.name }],
    channel_id: place.channel,
    thread_ts: place.thread,
  })
  if (shared.kind !== 'ok')
    return bad(
      `The bot may write in ${channel}, but not send files there: ${whyNot(shared)}`,
      channelFixOf(shared, name, 'files:write'),
    )
  const isThere = await isSharedSoon(client, id, place, pauseMs)
  await call(client, 'files.delete', { file: id })
  return isThere
    ? fine(`The bot may send files to ${channel}.`)
    : bad(`Slack accepted a file for ${channel}, but does not show it there.`, {
        where: `In ${channel}: /invite the bot again, and look in the workspace’s settings if apps may share files`,
        paste: `/invite @${name}`,
      })
}

async function isSharedSoon(
  client: WebClient,
  id: string,
  place: { channel: string; thread: string },
  pauseMs: number,
): Promise<boolean> {
  for (let tried = 0; tried < TRIES; tried++) {
    if (tried > 0) await Bun.sleep(pauseMs)
    if (await isShared(client, id, place)) return true
  }
  return false
}

function errorOf(sent: { kind: string; error?: string }): string {
  return sent.error ?? sent.kind
}

function whyNot(called: Exclude<SlackCallResult, { kind: 'ok' }>): string {
  return (called.kind === 'refused' && WHY[called.error]) || reasonOf(called)
}

/** https://docs.slack.dev/reference/methods/chat.postMessage#errors */
const WHY: Record<string, string> = {
  channel_not_found: 'there is no such channel, or it is private and the bot is not in it.',
  not_in_channel: 'the bot is not in it.',
  is_archived: 'it is archived.',
  restricted_action: 'the workspace does not let the bot post there.',
  restricted_action_read_only_channel: 'only certain people may post there.',
  restricted_action_thread_only_channel: 'there one may only answer in threads.',
  restricted_action_non_threadable_channel: 'threads are off there, and tasks live in threads.',
  missing_scope: 'a permission is missing.',
  file_upload_size_restricted: 'the workspace restricts the size of files.',
  storage_limit_reached: 'the workspace’s storage is full.',
}

function channelFixOf(called: Exclude<SlackCallResult, { kind: 'ok' }>, name: string, scope: string): Fix {
  const invite = { where: 'In this channel, as a message', paste: `/invite @${name}` }
  const posting = {
    where:
      'The channel’s name → Settings → Channel management → Posting permissions: Everyone, or add the bot',
  }
  if (called.kind !== 'refused') return fixOf(called, undefined)
  switch (called.error) {
    case 'channel_not_found':
    case 'not_in_channel':
      return invite
    case 'is_archived':
      return { where: 'The channel’s name → Settings → Unarchive for everyone; or choose another channel' }
    case 'restricted_action':
    case 'restricted_action_read_only_channel':
    case 'restricted_action_thread_only_channel':
    case 'restricted_action_non_threadable_channel':
      return posting
    case 'storage_limit_reached':
    case 'file_upload_size_restricted':
      return { where: 'Workspace name → Tools & settings → Workspace settings → Permissions → File uploads' }
    default:
      return fixOf(called, undefined, scope)
  }
}
