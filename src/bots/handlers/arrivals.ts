import type { KeyedTurns } from '../../app/keyed-queue.ts'
import { isWorkbookName } from '../../files/file-names.ts'
import type { Requester } from '../../messages/people.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import { tell } from '../../wizard/standard-answers.ts'
import type { Answers } from './answers.ts'
import type { DraftMessages } from './draft-messages.ts'
import { fetchFiles, type IncomingFiles } from './incoming-files.ts'
import { receive, type ReceiveOptions } from './receive-files.ts'

/** Files that people send: each sending begins a wizard, or is added to the draft that it answers. */
export class Arrivals {
  constructor(
    private readonly options: ReceiveOptions,
    private readonly turns: KeyedTurns,
    private readonly messages: DraftMessages,
    private readonly answers: Answers,
  ) {}

  async receive(requester: Requester, sent: IncomingFiles): Promise<void> {
    const { answered = [], files } = sent
    const mayBeAdded = answered.length > 0 && !files.some(({ name }) => isWorkbookName(name))
    const draft = mayBeAdded ? await this.options.wizard.openHere(requester, answered) : undefined
    if (!draft) return this.#begin(requester, sent)
    await this.turns.run(draft.id, () => this.#addTo(draft.id, requester, sent))
  }

  async #begin(requester: Requester, sent: IncomingFiles): Promise<void> {
    const answer = await receive(requester, sent, this.options)
    if (answer?.kind === 'show') await this.messages.show(answer.draftId, answer.prompt)
    else if (answer) await this.answers.give(requester, answer)
  }

  async #addTo(draftId: string, requester: Requester, sent: IncomingFiles): Promise<void> {
    const { wizard, store, limits } = this.options
    const { locale } = requester
    const { files, source: sending, stored } = sent
    const draft = await wizard.find(draftId)
    if (draft?.status === 'reading') {
      stored?.()
      return this.answers.give(requester, tell(textsFor(locale).wizard.private.stillReading))
    }
    if (draft?.status !== 'open') return this.#begin(requester, sent)
    try {
      if (draft.state.addedFrom?.includes(sending)) return
      const more = await fetchFiles(files, { store, limits, locale, mayListFiles: true })
      // There was a workbook in a ZIP.
      if (!more.listsFiles) return await this.#begin(requester, sent)
      const answer = await wizard.addFiles(requester, draftId, { sending, fetch: async () => more })
      await this.answers.give(requester, answer)
    } finally {
      stored?.() // a crash before this makes the platform send the event again
    }
  }
}
