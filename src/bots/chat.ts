import type { MessageRef, Person, Place } from '../messages/people.ts'
import type { Line, Prompt } from '../messages/prompt.ts'

/**
 * What a chat platform does for us; Slack and Discord each have one. Nothing here throws but for a bug: what the
 * platform refuses comes back as a value, since the reporter decides by it. No call retries by itself for more than a
 * few seconds, and none ever posts twice.
 */
export interface Chat {
  /**
   * `gone`: the place does not exist any more, or the bot may not write there
   */
  post(place: Place, prompt: Prompt, once: Once): Promise<SendResult<MessageRef>>
  /** `gone`: the message was deleted, or cannot be edited any more */
  edit(message: MessageRef, prompt: Prompt): Promise<SendResult>
  /** Tells one person; where the platform cannot do that in the place, in a direct message. */
  tell(place: Place, person: Pick<Person, 'id' | 'name'>, prompt: Prompt): Promise<SendResult>
  /** One message with a file and a line of text. `tooLarge`: for this place */
  upload(place: Place, file: { name: string; content: Blob }, line: Line, once: Once): Promise<SendResult>
  /**
   * Where a task has a thread of its own: the wizard's message becomes `prompt`, and a thread hangs on it. Gives the
   * place of what is said from now on: the thread, or the message's own where none can be made. Twice is once.
   */
  branch?(message: MessageRef, prompt: Prompt, name: string): Promise<SendResult<Place>>
}

/** What must not be there twice. */
export interface Once {
  /** at most 25 characters: the same key again is the same message, as far as the platform can tell */
  key: string
  /** it was begun before and may have arrived: where the platform can be asked, it is asked first */
  again: boolean
}

export type SendResult<T = undefined> =
  | { kind: 'ok'; value: T }
  /** for ever */
  | { kind: 'gone'; error: string }
  /** not before this */
  | { kind: 'limited'; retryAfterMs: number }
  | { kind: 'tooLarge'; error: string }
  /** perhaps another time: the platform is down, the network is, it answered with an error we do not know */
  | { kind: 'failed'; error: string }
