import type { MessageRef, Person, Place } from '../messages/people.ts'
import type { Line, Prompt } from '../messages/prompt.ts'

/**
 * What Rowbot needs from a chat platform; Slack and Discord implement it. Methods throw only for bugs: a platform’s
 * refusal is a value, because the reporter decides by it. No method retries for more than a few seconds, and none
 * ever posts twice.
 */
export interface Chat {
  /** `gone`: the place no longer exists, or the bot may not write there */
  post(place: Place, prompt: Prompt, once: Once): Promise<SendResult<MessageRef>>
  /** `gone`: the message was deleted, or can no longer be edited. @param urgency default: somebody waits for it */
  edit(message: MessageRef, prompt: Prompt, urgency?: Urgency): Promise<SendResult>
  /**
   * Notifies one person privately: in the place if the platform can, otherwise in a direct message.
   * @param how.isOpen others may see it: rather a message in the place than a direct one
   */
  tell(
    place: Place,
    person: Pick<Person, 'id' | 'name'>,
    prompt: Prompt,
    how?: { isOpen?: boolean },
  ): Promise<SendResult>
  /** One message with a file and a line of text. `tooLarge`: the file is too large for this place. */
  upload(place: Place, file: { name: string; content: Blob }, line: Line, once: Once): Promise<SendResult>
  /**
   * The largest file that the place takes, as far as it is known: a larger one is not even tried. For a file of `size`
   * bytes; where every place takes that much, nobody need be asked.
   */
  maxFileBytes(place: Place, size: number): Promise<number>
  /** The direct messages with a person. `gone`: they take none */
  direct(person: Pick<Person, 'id' | 'name'>): Promise<SendResult<Place>>
  /**
   * For platforms where a task gets its own thread: turns the wizard’s message into `prompt` and starts a thread on
   * it. Returns the place for further messages: the thread, or the message’s own place if there can be no thread. May
   * be repeated: there is never a second thread.
   */
  branch?(message: MessageRef, prompt: Prompt, name: string): Promise<SendResult<Place>>
  /**
   * For platforms where a bot may go back into a channel by itself: does so if `error`, with which the place is gone,
   * says that it is no longer in it. False: it is not there now.
   */
  rejoin?(place: Place, error: string): Promise<boolean>
}

/** Nobody waits for `progress`: it must not delay a call that somebody waits for. */
export type Urgency = 'awaited' | 'progress'

/** Identifies a message that must not be posted twice. */
export interface Once {
  /** at most 25 characters; one key stands for one message */
  key: string
  /** it was sent before and may have arrived: if the platform can be searched, look for it first */
  again: boolean
  /** milliseconds since 1970: what was sent before this is another message, however alike */
  since?: number
  /** asked before what people see of it is sent: false once another machine may have sent it */
  isOurs?: () => boolean
}

/** A platform’s clock and ours. */
const CLOCKS_DIFFER_MS = 10_000

/** From when on a platform is searched for something that may have been sent: milliseconds since 1970. */
export function searchedFrom(since = 0): number {
  return Math.max(0, since - CLOCKS_DIFFER_MS)
}

/** What was not sent because another machine may have done so. It is tried again, if it is ours again. */
export const SENT_ELSEWHERE = {
  kind: 'failed',
  error: 'another machine sends this',
  isDown: true,
} as const satisfies SendResult

export type SendResult<T = undefined> =
  | { kind: 'ok'; value: T }
  /** permanently, or until somebody opens it again; `isChannel`: with all of its threads */
  | { kind: 'gone'; error: string; isChannel?: true }
  /** try again only after this time; other messages may be edited */
  | { kind: 'limited'; retryAfterMs: number; isOneMessage?: true }
  | { kind: 'tooLarge'; error: string }
  /** worth another try: the error is unknown, or, with `isDown`, the platform or the network is down, or takes no token */
  | { kind: 'failed'; error: string; isDown?: true }
