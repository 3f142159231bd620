import type { OpenForm } from '../../../src/bots/handlers/answers.ts'
import type { SubmitResult } from '../../../src/bots/handlers/chat-handlers.ts'
import type { IncomingFiles } from '../../../src/bots/handlers/incoming-files.ts'
import type { SlackChatHandlers } from '../../../src/bots/slack/handlers.ts'
import type { Option, Prompt } from '../../../src/messages/prompt.ts'
import type { Requester } from '../../../src/messages/people.ts'

/** What listeners asked of the desk, for tests of what they decode. It answers as it is told to. */
export class RecordingDesk implements SlackChatHandlers {
  readonly received: { asker: Requester; sending: IncomingFiles }[] = []
  readonly clicks: { asker: Requester; id: string; values: string[] }[] = []
  readonly submitted: {
    asker: Requester
    id: string
    values: Record<string, string>
    sending?: IncomingFiles
  }[] = []
  readonly commands: { asker: Requester; verb: string; argument: string }[] = []

  readonly reopenings: string[] = []
  readonly typed: { asker: Requester; id: string; typed: string }[] = []

  onSuggest: () => Promise<Option[]> = async () => []
  onReceive: (requester: Requester, sending: IncomingFiles) => Promise<void> = async () => {}
  onClick: (requester: Requester, id: string, openForm: OpenForm) => Promise<void> = async () => {}
  onCommand: (requester: Requester, verb: string, openForm: OpenForm) => Promise<void> = async () => {}
  errors: Record<string, string> | undefined
  homePrompts: Prompt[] = [{ title: 'Your tasks', lines: [['None yet.']], selects: [], buttons: [] }]

  async receive(requester: Requester, sending: IncomingFiles): Promise<void> {
    this.received.push({ asker: requester, sending })
    await this.onReceive(requester, sending)
  }

  async click(requester: Requester, id: string, values: string[], openForm: OpenForm): Promise<void> {
    this.clicks.push({ asker: requester, id, values })
    await this.onClick(requester, id, openForm)
  }

  async submit(
    requester: Requester,
    id: string,
    values: Record<string, string>,
    sending?: IncomingFiles,
  ): Promise<SubmitResult> {
    this.submitted.push({ asker: requester, id, values, ...(sending && { sending }) })
    const done = Promise.resolve()
    return this.errors ? { errors: this.errors, keep: async () => undefined, done } : { done }
  }

  async command(requester: Requester, verb: string, argument: string, openForm: OpenForm): Promise<void> {
    this.commands.push({ asker: requester, verb, argument })
    await this.onCommand(requester, verb, openForm)
  }

  async reopened(_team: string, channel = ''): Promise<void> {
    this.reopenings.push(channel)
  }

  async suggest(requester: Requester, id: string, typed: string): Promise<Option[]> {
    this.typed.push({ asker: requester, id, typed })
    return this.onSuggest()
  }

  /** how often the content of a home tab was asked for */
  homes = 0

  async home(): Promise<Prompt[]> {
    this.homes += 1
    return this.homePrompts
  }
}
