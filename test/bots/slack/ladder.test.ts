import { expect, test } from 'bun:test'
import { SlackChat } from '../../../src/bots/slack/chat.ts'
import { BOT_TOKEN } from '../../support/slack/emulated.ts'
import {
  ANY_METHOD,
  type AnyMethod,
  type CodeOf,
  OF_METHOD,
  type SlackMethod,
} from '../../support/slack/error-codes.ts'
import { Logged } from '../../support/slack/rig.ts'
import { aSlackOffice } from '../support/slack-office.ts'

/**
 * What follows from a code, in a table so that each stands next to its like.
 *
 * `next`: the place is given up at once. `here`: tried again there, and given up after some tries. `waits`: no place is
 * better, so it is tried again there for as long as it takes. `words`: no file, but words that say where it is.
 * `smaller`: what is too long or not known to Slack is left out, and it is sent there.
 */
type Then = 'next' | 'here' | 'waits' | 'words' | 'smaller'

const ANY: Record<AnyMethod, Then> = {
  access_denied: 'next',
  accesslimited: 'waits',
  account_inactive: 'waits',
  deprecated_endpoint: 'here',
  ekm_access_denied: 'next',
  enterprise_is_restricted: 'next',
  fatal_error: 'waits',
  internal_error: 'waits',
  invalid_arg_name: 'here',
  invalid_arguments: 'here',
  invalid_array_arg: 'here',
  invalid_auth: 'waits',
  invalid_charset: 'here',
  invalid_form_data: 'here',
  invalid_post_type: 'here',
  method_deprecated: 'here',
  missing_post_type: 'here',
  missing_scope: 'next',
  no_permission: 'next',
  not_allowed_token_type: 'waits',
  not_authed: 'waits',
  org_login_required: 'waits',
  ratelimited: 'waits',
  request_timeout: 'waits',
  service_unavailable: 'waits',
  team_access_not_granted: 'next',
  team_added_to_org: 'waits',
  token_expired: 'waits',
  token_revoked: 'waits',
  two_factor_setup_required: 'waits',
}

const POST: Record<CodeOf<'chat.postMessage'>, Then> = {
  as_user_not_supported: 'here',
  cannot_reply_to_message: 'next',
  channel_not_found: 'next',
  duplicate_channel_not_found: 'here',
  duplicate_message_not_found: 'here',
  invalid_blocks: 'smaller',
  invalid_blocks_format: 'smaller',
  invalid_metadata_format: 'here',
  invalid_metadata_schema: 'here',
  is_archived: 'next',
  markdown_text_conflict: 'here',
  message_limit_exceeded: 'here',
  messages_tab_disabled: 'next',
  metadata_must_be_sent_from_app: 'here',
  metadata_too_large: 'here',
  msg_blocks_too_long: 'smaller',
  msg_too_long: 'smaller',
  no_text: 'here',
  not_in_channel: 'next',
  rate_limited: 'waits',
  restricted_action: 'next',
  restricted_action_non_threadable_channel: 'next',
  restricted_action_read_only_channel: 'next',
  restricted_action_thread_locked: 'next',
  restricted_action_thread_only_channel: 'next',
  slack_connect_canvas_sharing_blocked: 'next',
  slack_connect_file_link_sharing_blocked: 'next',
  slack_connect_lists_sharing_blocked: 'next',
  team_not_found: 'next',
  thread_not_found: 'next',
  too_many_attachments: 'here',
  too_many_contact_cards: 'here',
}

const UPLOAD: Record<CodeOf<'files.getUploadURLExternal'>, Then> = {
  alt_txt_too_large: 'here',
  file_too_large: 'words',
  file_type_not_allowed: 'words',
  file_upload_size_restricted: 'words',
  file_uploads_disabled: 'words',
  missing_argument: 'here',
  snippet_too_large: 'here',
  storage_limit_reached: 'words',
  unknown_snippet_type: 'here',
  unknown_subtype: 'here',
}

const SHARE: Record<CodeOf<'files.completeUploadExternal'>, Then> = {
  channel_not_found: 'next',
  channels_limit_exceeded: 'here',
  file_not_found: 'here',
  file_type_not_allowed: 'words',
  file_update_failed: 'here',
  invalid_blocks: 'here',
  invalid_channel: 'next',
  is_archived: 'next',
  not_in_channel: 'next',
  posting_to_channel_denied: 'next',
  slack_connect_file_upload_sharing_blocked: 'next',
  thread_not_found: 'next',
}

/** Of the direct message, which is the last place: behind `next` it waits for its person. */
const OPEN: Record<CodeOf<'conversations.open'>, Then> = {
  cannot_dm_bot: 'next',
  channel_not_found: 'next',
  invalid_user_combination: 'next',
  method_not_supported_for_channel_type: 'next',
  not_enough_users: 'here',
  too_many_users: 'here',
  user_disabled: 'next',
  user_not_found: 'next',
  user_not_visible: 'next',
  users_list_not_supplied: 'here',
}

/** More tries than a place is given. */
const ROUNDS = 11

type Office = Awaited<ReturnType<typeof aSlackOffice>>

/** A method refuses with this code, once and then for as long as it concerns the thread. */
async function refuse(
  { slack, root, ends, whereIs, chat, reporterOf, settle, stateOf }: Office,
  {
    method,
    code,
    end,
    usual,
  }: { method: SlackMethod; code: string; end: 'complete' | 'halt'; usual: number },
): Promise<string> {
  const refusing = { kind: 'refuses' as const, error: code }
  const wordsOf = ({ file }: { file: string }) =>
    end === 'complete' ? file : file.replace('.results.xlsx', ' has stopped')

  const reporter = reporterOf(chat)
  slack.faults.plan(method, refusing)
  const once = await ends(end)
  const rounds = await settle(reporter, once.id)
  const after = await whereIs(wordsOf(once))
  if (after.length === 0) return (await whereIs('too large')).at(-1) === 'thread' ? 'words' : 'nowhere'
  if (after.length > 1) return `${after.length} times`
  if (after[0] !== 'thread') return after[0] === 'channel' ? 'next' : after.join()
  if (rounds === usual) return 'smaller'

  slack.faults.plan(method, refusing, 1_000, (args) => args['thread_ts'] === root.ts)
  if (method === 'files.getUploadURLExternal') slack.faults.plan(method, refusing, 1_000)
  const always = await ends(end)
  await settle(reporter, always.id, ROUNDS)
  const state = await stateOf(always.id)
  const where = await whereIs(wordsOf(always))
  slack.faults.clear()
  if (state?.state === 'seen') return where.join() === 'channel' ? 'here' : where.join()
  // Nothing names its place: it would be the same anywhere.
  if (method === 'files.getUploadURLExternal' && state && state.rung > 0) return 'here'
  await settle(reporter, always.id)
  const late = await whereIs(wordsOf(always))
  return late.join() === 'thread' ? 'waits' : late.join()
}

const CASES = [
  ['files.completeUploadExternal', 'complete', { ...ANY, ...SHARE }],
  ['files.getUploadURLExternal', 'complete', UPLOAD],
  ['chat.postMessage', 'halt', POST],
] as const

for (const [method, end, expected] of CASES) {
  test(`each refusal of ${method} leads to the next place, or to another try, and to one message`, async () => {
    const office = await aSlackOffice()
    const usual = await office.settle(office.reporter, (await office.ends(end)).id)
    const found: Record<string, string> = {}
    for (const code of Object.keys(expected)) {
      found[code] = await refuse(office, { method, code, end, usual })
      office.slack.faults.clear()
    }
    expect(found).toEqual(expected)
    expect(office.faults).toEqual([])
  })
}

test('no code of the lists is without a decision', () => {
  expect(Object.keys(ANY).toSorted()).toEqual([...ANY_METHOD].toSorted())
  const decided = [POST, UPLOAD, SHARE, OPEN].map((one) => Object.keys(one).toSorted())
  const { 'chat.update': _edits, ...lists } = OF_METHOD
  expect(decided).toEqual(
    [
      lists['chat.postMessage'],
      lists['files.getUploadURLExternal'],
      lists['files.completeUploadExternal'],
      lists['conversations.open'],
    ].map((list) => [...list].toSorted()),
  )
})

test('whatever an edit is refused for, the result is seen once, in the thread', async () => {
  const { slack, ends, chat, reporterOf, settle, whereIs, faults } = await aSlackOffice()
  const found: Record<string, string> = {}
  const codes = [...ANY_METHOD, ...OF_METHOD['chat.update']]
  for (const code of codes) {
    slack.faults.plan('chat.update', { kind: 'refuses', error: code }, 1_000)
    const { id, file } = await ends('complete')
    await settle(reporterOf(chat), id)
    found[code] = (await whereIs(file)).join()
    slack.faults.clear()
  }
  expect(found).toEqual(Object.fromEntries(codes.map((code) => [code, 'thread'])))
  expect(faults).toEqual([])
})

test('where the direct message is refused it waits for its person, or is tried again', async () => {
  const { slack, channel, mei, chat, reporterOf, ends, settle, stateOf, whereIs, faults } =
    await aSlackOffice()
  const found: Record<string, string> = {}
  slack.notIn.add(channel)
  for (const code of OF_METHOD['conversations.open']) {
    // Another process: this one has not opened it yet.
    const reporter = reporterOf(new SlackChat({ token: BOT_TOKEN, apiUrl: slack.apiUrl, log: new Logged() }))
    slack.faults.plan('conversations.open', { kind: 'refuses', error: code }, 1_000)
    const { id, file } = await ends('complete')
    await settle(reporter, id, 9)
    found[code] = (await stateOf(id))?.state === 'waiting' ? 'next' : 'here'
    expect((await stateOf(id))?.error).toBe(code)
    slack.faults.clear()
    await reporter.spoke({
      person: { platform: 'slack', team: 'T000000001', id: mei.id, name: 'mei', roles: [] },
      place: { platform: 'slack', team: 'T000000001', channel },
    })
    await settle(reporter, id)
    expect(await whereIs(file)).toEqual(['direct'])
  }
  expect(chat.tokenRefusal).toBeUndefined()
  expect(found).toEqual(OPEN)
  expect(faults).toEqual([])
})
