import type { OpenForm, SentOff } from '../../../src/bots/handlers/chat-handlers.ts'
import type { Sending } from '../../../src/bots/handlers/receive.ts'
import type { DeskFace } from '../../../src/bots/slack/handlers.ts'
import type { Prompt } from '../../../src/messages/prompt.ts'
import type { Asker } from '../../../src/messages/people.ts'

/** What listeners asked of the desk, for tests of what they decode. It answers as it is told to. */
export class RecordingDesk implements DeskFace {
  readonly received: { asker: Asker; sending: Sending }[] = []
  readonly clicks: { asker: Asker; id: string; values: string[] }[] = []
  readonly submitted: { asker: Asker; id: string; values: Record<string, string>; sending?: Sending }[] = []
  readonly commands: { asker: Asker; verb: string; argument: string }[] = []

  onReceive: (asker: Asker, sending: Sending) => Promise<void> = async () => {}
  onClick: (asker: Asker, id: string, openForm: OpenForm) => Promise<void> = async () => {}
  onCommand: (asker: Asker, verb: string, openForm: OpenForm) => Promise<void> = async () => {}
  errors: Record<string, string> | undefined
  homePrompt: Prompt = { title: 'Your tasks', lines: [['None yet.']], selects: [], buttons: [] }

  async receive(asker: Asker, sending: Sending): Promise<void> {
    this.received.push({ asker, sending })
    await this.onReceive(asker, sending)
  }

  async click(asker: Asker, id: string, values: string[], openForm: OpenForm): Promise<void> {
    this.clicks.push({ asker, id, values })
    await this.onClick(asker, id, openForm)
  }

  async submit(
    asker: Asker,
    id: string,
    values: Record<string, string>,
    sending?: Sending,
  ): Promise<SentOff> {
    this.submitted.push({ asker, id, values, ...(sending && { sending }) })
    const done = Promise.resolve()
    return this.errors ? { errors: this.errors, keep: async () => undefined, done } : { done }
  }

  async command(asker: Asker, verb: string, argument: string, openForm: OpenForm): Promise<void> {
    this.commands.push({ asker, verb, argument })
    await this.onCommand(asker, verb, openForm)
  }

  async home(): Promise<Prompt> {
    return this.homePrompt
  }
}
