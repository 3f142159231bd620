import { UserError } from '../../engine/user-error.ts'
import type { FileStore } from '../../files/file-store.ts'
import type { Answer } from '../../wizard/answer.ts'
import { sentenceOf, tell } from '../../wizard/standard-answers.ts'
import type { Requester } from '../../messages/people.ts'
import type { Prompt } from '../../messages/prompt.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { Limits } from '../../workbook/limits.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Chat } from '../chat.ts'
import { firstKey } from './draft-messages.ts'
import { fetchOrAsk, type IncomingFiles, nameOf } from './incoming-files.ts'

export interface ReceiveOptions {
  chat: Chat
  wizard: Wizard
  store: FileStore
  limits: Limits
  onFault: (fault: unknown) => string
}

/**
 * Says at once that the files are being read, then fetches them. Undefined: there is nothing more to show, because
 * another event about the same sending came first, or the bot cannot write here.
 */
export async function receive(
  requester: Requester,
  incoming: IncomingFiles,
  options: ReceiveOptions,
): Promise<Answer | undefined> {
  const { files, source, stored, workflow } = incoming
  const { wizard, onFault } = options
  const started = await wizard.begin(requester, {
    name: nameOf(files, requester.locale),
    files: files.length,
    source,
    ...(workflow && { workflow }),
  })
  stored?.()
  if (!started) return undefined
  const stop = wizard.keepReading(started.draftId, onFault)
  try {
    return await fillIn(requester, { ...started, files }, options)
  } finally {
    stop()
  }
}

async function fillIn(
  requester: Requester,
  { draftId, prompt, files }: { draftId: string; prompt: Prompt } & Pick<IncomingFiles, 'files'>,
  { chat, wizard, store, limits, onFault }: ReceiveOptions,
): Promise<Answer | undefined> {
  const { locale } = requester
  const posted = await chat.post(requester.place, prompt, { key: firstKey(draftId), again: false })
  if (posted.kind === 'ok') await wizard.setMessage(draftId, posted.value)
  if (posted.kind === 'gone') {
    const sentence = textsFor(locale).wizard.private.cannotWrite
    await wizard.fail(draftId, sentence)
    await chat.tell(requester.place, requester.person, tell(sentence).prompt)
    return undefined
  }
  // If anything below fails, the message must stop saying that the files are being read.
  try {
    const mayListFiles = await wizard.offered.takeFiles(requester)
    return await wizard.fill(draftId, await fetchOrAsk(files, { store, limits, locale, mayListFiles }))
  } catch (fault) {
    if (fault instanceof UserError) return wizard.fail(draftId, sentenceOf(fault, textsFor(locale)))
    return wizard.fail(draftId, textsFor(locale).wizard.private.fault(onFault(fault)))
  }
}
