import type { Prompt } from '../messages/prompt.ts'
import { clip, textOfLines } from '../messages/rich-text.ts'
import type { SendResult } from './chat.ts'
import type { Log } from './log.ts'

/** One way to say something to one person, and what it is called in the log. */
export interface WayToTell {
  name: string
  tell: () => Promise<SendResult>
}

const UNSAID_CHARS = 500
const OK: SendResult = { kind: 'ok', value: undefined }

/**
 * Says something to a person in the first way that works: nobody who has clicked hears nothing. If none works, the log
 * has what was not said, and why.
 */
export async function tellInOneWay(
  ways: WayToTell[],
  { user, prompt, log }: { user: string; prompt: Prompt; log: Log },
): Promise<SendResult> {
  const refusals: Record<string, string> = {}
  let last: SendResult = { kind: 'failed', error: 'no way' }
  for (const { name, tell } of ways) {
    last = await tell()
    if (last.kind === 'ok') return OK
    refusals[name] = last.kind === 'limited' ? `limited for ${last.retryAfterMs} ms` : last.error
  }
  const unsaid = clip([prompt.title, textOfLines(prompt.lines)].filter(Boolean).join('\n'), UNSAID_CHARS)
  log.warn({ user, refusals, unsaid }, 'a person could not be told something')
  return last
}

/** For a place that others read, too: says for whom it is. */
export function addressedTo({ id, name }: { id: string; name: string }, prompt: Prompt): Prompt {
  return { ...prompt, lines: [[{ person: { id, name } }], ...prompt.lines] }
}
