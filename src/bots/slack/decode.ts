import { valueAt, listAt, textAt } from '../json-path.ts'
import { nameOfFile, type SlackFileHint, UNNAMED } from './files.ts'
import type { SlackUser } from './people.ts'
import { FIELD_ACTION } from './render-form.ts'

/** Who did something, and where. No channel: on the home tab, or by a shortcut outside of a message. */
export interface SlackOrigin {
  actor: SlackUser
  channel?: string
  thread?: string
  /** our answer would start this thread: until then, Slack shows no private messages in it */
  beginsThread?: true
}

/** An event of the Events API: a message, a mention. */
export function originOfEvent(body: unknown): SlackOrigin {
  return originOfMessage(valueAt(body, 'event'))
}

export function originOfMessage(event: unknown): SlackOrigin {
  const actor = { id: textAt(event, 'user'), team: textAt(event, 'user_team') || textAt(event, 'team') }
  return under(event, actor, textAt(event, 'channel'))
}

/** A click, in a message or on the home tab. */
export function originOfClick(body: unknown): SlackOrigin {
  return origin(
    actorOf(body),
    textAt(body, 'container', 'channel_id') || textAt(body, 'channel', 'id'),
    textAt(body, 'container', 'thread_ts') || textAt(body, 'message', 'thread_ts'),
  )
}

/** “Run as batch” on a message: the answer goes into its thread. */
export function originOfMessageShortcut(body: unknown): SlackOrigin {
  return under(valueAt(body, 'message'), actorOf(body), textAt(body, 'channel', 'id'))
}

/** A place where a private answer is visible. */
export function visibleOrigin({ actor, channel, thread, beginsThread }: SlackOrigin): SlackOrigin {
  return origin(actor, channel ?? '', beginsThread ? '' : (thread ?? ''))
}

export function originOfGlobalShortcut(body: unknown): SlackOrigin {
  return origin(actorOf(body), '', '')
}

/** A command’s `team_id` is the workspace it was typed in, which need not be the person’s own. */
export function originOfCommand(body: unknown): SlackOrigin {
  return origin({ id: textAt(body, 'user_id') }, textAt(body, 'channel_id'), '')
}

/** A form remembers where it was opened. */
export function originOfForm(body: unknown): SlackOrigin {
  const { channel, thread } = readMetadata(textAt(body, 'view', 'private_metadata'))
  return origin(actorOf(body), channel, thread)
}

/** The message whose click opened a form; empty: none did. */
export function messageOfForm(body: unknown): string {
  return readMetadata(textAt(body, 'view', 'private_metadata')).message
}

/** @param message that was clicked; empty: none was */
export function metadataOf({ channel, thread }: { channel: string; thread?: string }, message = ''): string {
  return JSON.stringify({ channel, ...(thread && { thread }), ...(message !== '' && { message }) })
}

/** The chosen values; empty for a button. */
export function valuesOfClick(action: unknown): string[] {
  const value = textAt(action, 'selected_option', 'value')
  return value ? [value] : []
}

/** A form’s texts by field, and its files. */
export function answersOf(view: unknown): { values: Record<string, string>; files: SlackFileHint[] } {
  const values: Record<string, string> = {}
  const files: SlackFileHint[] = []
  for (const [field, inputs] of Object.entries(asRecord(valueAt(view, 'state', 'values')))) {
    const input = valueAt(inputs, FIELD_ACTION)
    if (textAt(input, 'type') === 'file_input') files.push(...filesIn(input))
    else values[field] = textAt(input, 'value') || textAt(input, 'selected_option', 'value')
  }
  return { values, files }
}

/** “status k7f2” → the verb and the rest. */
export function commandOf(text: string): { verb: string; argument: string } {
  const [verb = '', ...rest] = unescaped(text).trim().split(/\s+/)
  return { verb: verb.toLowerCase(), argument: rest.join(' ') }
}

/** What was said to the bot besides its name. */
export function withoutMentions(text: string): string {
  return text.replace(/<@[^>]*>/g, ' ').trim()
}

/** All files of a message or a field of a form, and those of messages that it forwards. */
export function filesIn(message: unknown): SlackFileHint[] {
  const forwarded = listAt(message, 'attachments').filter(isMessage)
  const all = [message, ...forwarded].flatMap((one) => listAt(one, 'files'))
  const hints = all.map((file) => ({ id: textAt(file, 'id'), name: nameOfFile(file) || UNNAMED }))
  return [...new Map(hints.filter(({ id }) => id !== '').map((hint) => [hint.id, hint])).values()]
}

/** An attachment that is another message: somebody has forwarded it, or pasted its link. */
function isMessage(attachment: unknown): boolean {
  return valueAt(attachment, 'is_share') === true || valueAt(attachment, 'is_msg_unfurl') === true
}

/** What a person has said by this event. An edit counts only if the message has a file now that it did not have. */
export function saidBy(event: unknown): { message: unknown; isEdit: boolean } | undefined {
  const subtype = textAt(event, 'subtype')
  if (SAID.has(subtype)) return { message: event, isEdit: valueAt(event, 'edited') !== undefined }
  if (subtype !== 'message_changed') return undefined
  const had = new Set(listAt(event, 'previous_message', 'files').map((file) => textAt(file, 'id')))
  const now = valueAt(event, 'message')
  const isGained = listAt(now, 'files').some((file) => !had.has(textAt(file, 'id')))
  const where = { channel: textAt(event, 'channel'), channel_type: textAt(event, 'channel_type') }
  return isGained ? { message: { ...asRecord(now), ...where }, isEdit: true } : undefined
}

/** A deletion is a message event, too, and so is much else. */
const SAID = new Set(['', 'file_share', 'thread_broadcast'])

function actorOf(body: unknown): SlackUser {
  const team = textAt(body, 'user', 'team_id')
  return { id: textAt(body, 'user', 'id'), ...(team && { team }) }
}

/** The thread of a message, or a new one under it if it is in none. */
function under(message: unknown, actor: SlackUser, channel: string): SlackOrigin {
  const thread = textAt(message, 'thread_ts')
  if (thread) return origin(actor, channel, thread)
  return { ...origin(actor, channel, textAt(message, 'ts')), beginsThread: true }
}

function origin(
  { id, team }: { id: string; team?: string | undefined },
  channel: string,
  thread: string,
): SlackOrigin {
  return { actor: { id, ...(team && { team }) }, ...(channel && { channel }), ...(thread && { thread }) }
}

function readMetadata(text: string): { channel: string; thread: string; message: string } {
  const metadata: unknown = text.startsWith('{') ? JSON.parse(text) : {}
  return {
    channel: textAt(metadata, 'channel'),
    thread: textAt(metadata, 'thread'),
    message: textAt(metadata, 'message'),
  }
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
