import { UserError } from '../../engine/user-error.ts'
import type { Answer } from '../../wizard/answer.ts'
import { sentenceOf, tell } from '../../wizard/standard-answers.ts'
import type { Requester } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { UploadFile } from '../../workbook/types.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Chat } from '../chat.ts'
import { firstKey } from './draft-messages.ts'

/** A file that a person sent, not downloaded yet. */
export interface IncomingFile {
  /** as the person named it */
  name: string
  /** the same for every event about one upload, such as `channel:ts:file id` */
  source: string
  /** called once the draft is in the database: from then on, a crash cannot lose the upload silently */
  stored?: () => void
  /** chosen together with the file */
  workflowId?: string
  /** @throws UserError if it cannot be downloaded; its message is shown */
  download: () => Promise<UploadFile>
}

export interface ReceiveOptions {
  chat: Chat
  wizard: Wizard
  onFault: (fault: unknown) => string
}

/**
 * Says at once that the file is being read, then downloads it. Undefined: there is nothing more to show, because
 * another event about the same upload came first, or the bot cannot write here.
 */
export async function receive(
  requester: Requester,
  file: IncomingFile,
  { chat, wizard, onFault }: ReceiveOptions,
): Promise<Answer | undefined> {
  const started = await wizard.begin(requester, file)
  file.stored?.()
  if (!started) return undefined
  const { draftId, prompt } = started
  const posted = await chat.post(requester.place, prompt, { key: firstKey(draftId), again: false })
  if (posted.kind === 'ok') await wizard.setMessage(draftId, posted.value)
  if (posted.kind === 'gone') {
    const sentence = textsFor(requester.locale).wizard.private.cannotWrite
    await wizard.fail(draftId, sentence)
    await chat.tell(requester.place, requester.person, tell(sentence).prompt)
    return undefined
  }
  // If anything below fails, the message must stop saying that the file is being read.
  try {
    return await wizard.fill(draftId, await file.download())
  } catch (fault) {
    if (fault instanceof UserError) return wizard.fail(draftId, sentenceOf(fault))
    return wizard.fail(draftId, textsFor(requester.locale).wizard.private.fault(onFault(fault)))
  }
}

const WORKBOOK = /\.(xlsx|csv|xlsm|xlsb|xls|ods|fods|et|tsv|numbers)$/i

/** The files that may be workbooks; if none does, the first, so that its person learns why it cannot be used. */
export function workbooksAmong<T extends { name: string }>(files: T[]): T[] {
  const workbooks = files.filter(({ name }) => WORKBOOK.test(name))
  return workbooks.length > 0 ? workbooks : files.slice(0, 1)
}
