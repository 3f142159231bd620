import { textAt } from '../../../src/bots/json-path.ts'

/**
 * What has befallen channels, threads, messages, people and the workspace. Every method answers by it with Slack’s own
 * code, uploads too, until it is undone.
 */
export class Places {
  readonly archived = new Set<string>()
  readonly deleted = new Set<string>()
  /** channels that nobody can join by themselves, and that strangers do not see */
  readonly closed = new Set<string>()
  /** roots that were deleted, with their answers: `channel:ts` */
  readonly deletedThreads = new Set<string>()
  /** messages that the workspace no longer lets anybody edit: their `ts` */
  readonly frozen = new Set<string>()
  readonly deactivated = new Set<string>()
  /** people whom the bot may not write to */
  readonly unseen = new Set<string>()
  /** whose direct message a channel is */
  readonly directs = new Map<string, string>()
  /** the app was removed from the workspace */
  isUninstalled = false

  /** @param notIn channels that the bot is not in */
  constructor(private readonly notIn: Set<string>) {}

  /** The error code; undefined: nothing stands against the call. */
  refusal(method: string, args: Record<string, unknown>): string | undefined {
    if (this.isUninstalled) return 'account_inactive'
    if (method === 'conversations.open') return this.#toPerson(textAt(args, 'users'))
    const channel = textAt(args, 'channel') || textAt(args, 'channel_id')
    if (!channel) return undefined
    const inChannel = this.#inChannel(method, channel)
    if (inChannel) return inChannel
    const thread = textAt(args, method === 'conversations.replies' ? 'ts' : 'thread_ts')
    if (this.deletedThreads.has(`${channel}:${thread}`)) return 'thread_not_found'
    const isFrozen = method === 'chat.update' && this.frozen.has(textAt(args, 'ts'))
    return isFrozen ? 'edit_window_closed' : undefined
  }

  /** https://docs.slack.dev/reference/methods/conversations.join */
  join(channel: string): object {
    if (!this.notIn.has(channel)) return { ok: true, channel: { id: channel }, warning: 'already_in_channel' }
    this.notIn.delete(channel)
    return { ok: true, channel: { id: channel } }
  }

  #toPerson(user: string): string | undefined {
    if (this.deactivated.has(user)) return 'user_disabled'
    return this.unseen.has(user) ? 'user_not_visible' : undefined
  }

  #inChannel(method: string, channel: string): string | undefined {
    if (this.deleted.has(channel)) return method === 'chat.update' ? 'is_inactive' : 'channel_not_found'
    const isStranger = this.notIn.has(channel)
    if (isStranger && this.closed.has(channel)) return 'channel_not_found'
    if (this.archived.has(channel)) return ARCHIVED[method]
    if (isStranger && method !== 'conversations.join') return 'not_in_channel'
    const user = this.directs.get(channel)
    return user !== undefined && this.#toPerson(user) ? 'channel_not_found' : undefined
  }
}

/** What is only read, is still read. The list of `files.completeUploadExternal` knows no `is_archived`. */
const ARCHIVED: Record<string, string> = {
  'chat.postMessage': 'is_archived',
  'chat.postEphemeral': 'is_archived',
  'chat.update': 'is_inactive',
  'conversations.join': 'is_archived',
  'files.completeUploadExternal': 'posting_to_channel_denied',
}
