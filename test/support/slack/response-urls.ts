import { textAt, valueAt } from '../../../src/bots/json-path.ts'
import type { SteppableTime } from '../steppable-time.ts'

/** https://docs.slack.dev/interactivity/handling-user-interaction */
const USES = 5
const LASTS_MS = 30 * 60_000

/** The message that was clicked. */
export interface Clicked {
  channel: string
  ts: string
}

interface Given {
  user: string
  clicked: Clicked | undefined
  at: number
  uses: number
}

/** The addresses at which a click or a command is answered: five times within half an hour. */
export class ResponseUrls {
  /** what was said to the person alone */
  readonly replies: { user: string; body: unknown }[] = []
  /** messages that were replaced by the answer to a click on them */
  readonly replaced: { user: string; ts: string }[] = []
  readonly #given = new Map<string, Given>()

  /** @param replace gives what is wrong with the message; undefined: it stands now */
  constructor(
    private readonly time: SteppableTime,
    private readonly replace: (clicked: Clicked, body: unknown) => Promise<string | undefined>,
  ) {}

  /** The path of a new one. */
  give(user: string, clicked?: Clicked): string {
    const path = `/respond/${user}/${this.#given.size + 1}`
    this.#given.set(path, { user, clicked, at: this.time.now(), uses: USES })
    return path
  }

  async answer(path: string, body: unknown): Promise<Response> {
    const given = this.#given.get(path)
    if (!given || this.time.now() - given.at > LASTS_MS) return refused('expired_url')
    if (given.uses === 0) return refused('used_url')
    given.uses -= 1
    const { user, clicked } = given
    if (valueAt(body, 'replace_original') !== true || !clicked) {
      if (textAt(body, 'response_type') !== 'ephemeral') return refused('an answer that everybody sees')
      this.replies.push({ user, body })
      return new Response('ok')
    }
    const fault = await this.replace(clicked, body)
    if (fault) return refused(fault)
    this.replaced.push({ user, ts: clicked.ts })
    return new Response('ok')
  }
}

export function refused(error: string): Response {
  return Response.json({ ok: false, error }, { status: 404 })
}
