import { Bounded } from '../bounded.ts'
import type { Rendered } from './render.ts'
import type { Reply } from './reply.ts'

const REMEMBERED = 1_000

/** The last thing that each person did in each channel: the one way to tell them something that nobody else sees. */
export class Replies {
  readonly #replies = new Bounded<Reply>(REMEMBERED)

  note(channel: string, user: string, reply: Reply): void {
    this.#replies.set(keyOf(channel, user), reply)
  }

  /** False: there is nothing to answer to any more. */
  async answer(channel: string, user: string, message: Rendered): Promise<boolean> {
    return (await this.#replies.get(keyOf(channel, user))?.tell(message)) ?? false
  }
}

function keyOf(channel: string, user: string): string {
  return `${channel}:${user}`
}
