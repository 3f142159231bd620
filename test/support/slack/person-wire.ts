import { textAt } from '../../../src/bots/json-path.ts'
import type { PersonName } from './emulated.ts'
import type { LocalSlack } from './local-slack.ts'
import type { Delivery } from './sockets.ts'

export const TEAM = 'T000000001'

/** What Slack sends an app when this person does something, and the files they send. */
export class PersonWire {
  readonly id: string
  readonly token: string
  #events = 0

  constructor(
    readonly slack: LocalSlack,
    readonly name: PersonName,
  ) {
    this.id = slack.userIds.get(name) ?? ''
    this.token = `xoxp-${name}`
  }

  /** @param eventId the same again: Slack's retry */
  event(event: object, eventId = this.#eventId()): Promise<Delivery> {
    return this.eventOfSlack({ ...event, user: this.id, user_team: this.#home() }, eventId)
  }

  /** An event whose person, if any, is not named at its top. */
  eventOfSlack(event: object, eventId = this.#eventId()): Promise<Delivery> {
    return this.slack.deliver({
      type: 'events_api',
      payload: {
        type: 'event_callback',
        team_id: TEAM,
        api_app_id: 'A1',
        event_id: eventId,
        event_time: 1,
        authorizations: [{ team_id: TEAM, user_id: this.slack.botUser, is_bot: true }],
        is_ext_shared_channel: this.#home() !== TEAM,
        event,
      },
    })
  }

  interactive(type: string, fields: object): Promise<Delivery> {
    return this.slack.deliver({
      type: 'interactive',
      payload: {
        type,
        team: { id: TEAM },
        user: { id: this.id, name: this.name, team_id: this.#home() },
        api_app_id: 'A1',
        action_ts: String(performance.now()),
        trigger_id: this.slack.views.trigger(this.id),
        ...fields,
      },
    })
  }

  /** A select asks for its options: there is neither a trigger nor a response_url. */
  suggestion(fields: object): Promise<Delivery> {
    return this.slack.deliver({
      type: 'interactive',
      payload: {
        type: 'block_suggestion',
        team: { id: TEAM },
        user: { id: this.id, name: this.name, team_id: this.#home() },
        api_app_id: 'A1',
        block_id: 'b1',
        ...fields,
      },
    })
  }

  command(channel: string, text: string): Promise<Delivery> {
    return this.slack.deliver({
      type: 'slash_commands',
      payload: {
        team_id: TEAM,
        channel_id: channel,
        user_id: this.id,
        user_name: this.name,
        command: '/batch',
        text,
        api_app_id: 'A1',
        response_url: this.responseUrl,
        trigger_id: this.slack.views.trigger(this.id),
      },
    })
  }

  get responseUrl(): string {
    return `${this.slack.url}${this.slack.urls.give(this.id)}`
  }

  /** Of a click on a message, which may be replaced by it. */
  responseUrlOf({ channel, ts }: { channel: string; ts: string }): string {
    return `${this.slack.url}${this.slack.urls.give(this.id, { channel, ts })}`
  }

  as(method: string, args: Record<string, unknown>): Promise<unknown> {
    return this.slack.as(this.token, method, args)
  }

  /** A file that is shared with nobody yet. Gives its id. */
  async store(bytes: Uint8Array, name: string): Promise<string> {
    const asked = await this.as('files.getUploadURLExternal', { filename: name, length: bytes.byteLength })
    const url = textAt(asked, 'upload_url').replace(this.slack.url, this.slack.emulator)
    await fetch(url, { method: 'POST', body: bytes })
    return textAt(asked, 'file_id')
  }

  /** A file that nobody else sees, as one sent with a form. */
  async storePrivately({ name, bytes }: { name: string; bytes: Uint8Array }): Promise<string> {
    const id = await this.store(bytes, name)
    await this.as('files.completeUploadExternal', { files: [{ id, title: name }] })
    this.slack.owners.set(id, this.token)
    return id
  }

  /** The workspace they are at home in. */
  #home(): string {
    return textAt(this.slack.traits.get(this.id), 'team_id') || TEAM
  }

  #eventId(): string {
    this.#events += 1
    return `Ev${this.name}${this.#events}`
  }
}
