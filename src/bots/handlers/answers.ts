import { randomText } from '../../engine/engine.ts'
import type { ResultLinks } from '../../app/result-links.ts'
import { personKey, type Place, type Requester } from '../../messages/people.ts'
import type { Form, Line } from '../../messages/prompt.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Answer } from '../../wizard/answer.ts'
import type { Chat } from '../chat.ts'
import { sendAsked } from '../large-file.ts'
import { isDirect } from '../ladder.ts'
import type { Reporter } from '../reporter.ts'
import type { ClickedMessage } from './clicked-message.ts'
import type { DraftMessages } from './draft-messages.ts'
import type { TaskActions } from './task-actions.ts'

/** Opens a dialog; it must be called within the platform’s 3 s. */
export type OpenForm = (form: Form) => Promise<void>

export interface AnswersOptions {
  chat: Chat
  tasks: Pick<TaskActions, 'card'>
  reporter: Pick<Reporter, 'wake' | 'showIn'>
  /** to results that are too large for a chat; undefined: the page has no address */
  links?: ResultLinks
}

/** Gives a person the answer to what they did: as a message, a form, a file, or in the message that they clicked. */
export class Answers {
  constructor(
    private readonly options: AnswersOptions,
    private readonly messages: DraftMessages,
  ) {}

  /** A task that was not started in a chat has no message of its own: a list shows it to its person alone. */
  async showTask(requester: Requester, taskId: string, clicked: ClickedMessage): Promise<void> {
    const { reporter, tasks } = this.options
    if (await reporter.showIn(clicked, taskId)) return
    const prompt = await tasks.card(requester, taskId)
    if (prompt) await clicked.show(prompt)
  }

  /** Shows it where it belongs, and sends its file. */
  async give(
    requester: Requester,
    answer: Answer,
    { openForm, clicked }: { openForm?: OpenForm; clicked?: ClickedMessage | undefined } = {},
  ): Promise<void> {
    const { chat, reporter } = this.options
    const { person, place } = requester
    switch (answer.kind) {
      case 'show':
        return this.messages.answer(answer.draftId, answer.prompt, clicked)
      case 'form':
        return openForm?.(answer.form)
      case 'tell':
        if (answer.refresh) await this.messages.answer(answer.refresh.draftId, answer.refresh.prompt, clicked)
        await chat.tell(place, person, answer.prompt, { isOpen: answer.isOpen ?? false })
        return undefined
      case 'file':
        return this.#sendFile(requester, answer)
      case 'task':
        if (clicked) await reporter.showIn(clicked, answer.taskId)
        return reporter.wake()
      case 'nothing':
        return undefined
    }
  }

  async #sendFile(
    requester: Requester,
    { file, line, isPersonal, tooLarge, result, sent: whenSent, done }: FileAnswer,
  ): Promise<void> {
    const { chat, links } = this.options
    const { person, place, locale } = requester
    const texts = textsFor(locale)
    const { tasks } = texts
    const once = { key: `f-${randomText(12)}`, again: false }
    const say = (said: Line) =>
      chat.tell(place, person, { title: '', lines: [said], selects: [], buttons: [] })
    try {
      if (result) {
        const linked = links && { links, once: { ...once, key: `${once.key}l` } }
        const key = personKey(person)
        const asked = { person, personKey: key, place, texts, once, linked, result, file, isPersonal }
        const sent = await sendAsked(chat, asked, tooLarge ?? [tasks.private.fileTooLarge])
        if (sent.isThere) await whenSent?.()
        if (sent.say) await say(sent.say)
        return
      }
      let own = isPersonal ? await this.#ownPlace(requester) : place
      let sent = await chat.upload(own, file, line, once)
      if (sent.kind === 'gone' && !isPersonal) {
        own = await this.#ownPlace(requester)
        if (own !== place) sent = await chat.upload(own, file, line, once)
      }
      if (sent.kind === 'ok' && own !== place) await say([tasks.private.sentDirectly(file.name)])
      if (sent.kind === 'ok') return await whenSent?.()
      const isTooLarge = sent.kind === 'tooLarge'
      await say(isTooLarge ? (tooLarge ?? [tasks.private.fileTooLarge]) : [tasks.private.fileNotSent])
    } finally {
      await done?.()
    }
  }

  /** The direct messages with a person; who takes none gets it where they are. */
  async #ownPlace({ person, place }: Requester): Promise<Place> {
    const direct = isDirect(place) ? undefined : await this.options.chat.direct(person)
    return direct?.kind === 'ok' ? direct.value : place
  }
}

type FileAnswer = Extract<Answer, { kind: 'file' }>
