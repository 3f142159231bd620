import { textAt } from '../../../src/bots/json-path.ts'
import type { SteppableTime } from '../steppable-time.ts'
import { faultInView } from './check-blocks.ts'

export interface OpenedView {
  id: string
  user: string
  view: unknown
}

/** https://docs.slack.dev/interactivity/handling-user-interaction */
const TRIGGER_MS = 3_000

/** Forms, each for a trigger that is fresh and was not used, and home tabs. */
export class Views {
  readonly opened: OpenedView[] = []
  readonly homes: OpenedView[] = []
  readonly #triggers = new Map<string, { at: number; user: string; isUsed: boolean }>()
  #made = 0

  constructor(
    private readonly refused: string[],
    private readonly time: SteppableTime,
  ) {}

  trigger(user: string): string {
    this.#made += 1
    const id = `trigger.${this.#made}`
    this.#triggers.set(id, { at: this.time.now(), user, isUsed: false })
    return id
  }

  /** What Slack answers to views.open and views.publish. */
  answer(method: string, args: Record<string, unknown>): object {
    const { view } = args
    const fault = faultInView(view)
    if (fault) {
      this.refused.push(`${method}: ${fault}`)
      return { ok: false, error: 'invalid_arguments' }
    }
    const id = `V${this.opened.length + this.homes.length + 1}`
    if (method === 'views.publish') {
      this.homes.push({ id, user: textAt(args, 'user_id'), view })
      return { ok: true, view: { id } }
    }
    const trigger = this.#triggers.get(textAt(args, 'trigger_id'))
    if (!trigger) return { ok: false, error: 'invalid_trigger_id' }
    if (trigger.isUsed) return { ok: false, error: 'exchanged_trigger_id' }
    if (this.time.now() - trigger.at > TRIGGER_MS) return { ok: false, error: 'expired_trigger_id' }
    trigger.isUsed = true
    this.opened.push({ id, user: trigger.user, view })
    return { ok: true, view: { id } }
  }
}
