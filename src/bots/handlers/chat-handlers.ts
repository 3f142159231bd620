import type { Clock } from '../../engine/clock.ts'
import { randomText } from '../../engine/engine.ts'
import { UserError } from '../../engine/user-error.ts'
import type { Answer } from '../../wizard/answer.ts'
import { opensForm, parseClick } from '../../messages/click-ids.ts'
import { newForm } from '../../wizard/forms.ts'
import type { Person, Platform, Requester } from '../../messages/people.ts'
import type { Form, Prompt } from '../../messages/prompt.ts'
import { sentenceOf, tell } from '../../wizard/standard-answers.ts'
import { KeyedQueue } from '../../wizard/keyed-queue.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Chat } from '../chat.ts'
import type { Commands } from './commands.ts'
import { DraftMessages } from './draft-messages.ts'
import type { Reporter } from '../reporter.ts'
import { receive, type IncomingFile } from './receive-file.ts'
import { answerTo, type TaskActions } from './task-actions.ts'

/** What a listener has at hand to open a dialog with, within the platform's 3 s. */
export type OpenForm = (form: Form) => Promise<void>

export interface ChatHandlersOptions {
  platform: Platform
  chat: Chat
  wizard: Wizard
  tasks: TaskActions
  commands: Commands
  reporter: Pick<Reporter, 'wake'>
  clock: Clock
  /** Logs a fault that is nobody's doing; gives the id under which the log has it. */
  onFault: (fault: unknown) => string
}

/** What becomes of a dialog that was sent off. */
export type SubmitResult =
  | { errors: Record<string, string>; keep: () => Promise<Form | undefined>; done: Promise<void> }
  | { errors?: undefined; done: Promise<void> }

const EXPIRE_EVERY_MS = 60_000

/**
 * What listeners call, once they have acknowledged (or, where opensForm(id), before): it asks the wizard or the engine
 * and shows the answer through the Chat. A listener decodes and calls; it decides nothing. Nothing here throws: a fault
 * becomes a private sentence with the id that the log has it under.
 */
export class ChatHandlers {
  /** Clicks on one draft are done one after the other, so that its message shows what came last. */
  readonly #turns = new KeyedQueue()
  readonly #messages: DraftMessages
  #cancel: (() => void) | undefined

  constructor(private readonly options: ChatHandlersOptions) {
    this.#messages = new DraftMessages(options)
  }

  /** Tells who was waiting when the process ended, and from now on who has waited too long. */
  async start(): Promise<void> {
    const { platform, wizard, clock } = this.options
    for (const { draft, prompt } of await wizard.interrupted(platform))
      await this.#messages.show(draft.id, prompt)
    const expire = async () => {
      try {
        for (const { draft, prompt } of await wizard.expire(platform))
          await this.#messages.show(draft.id, prompt)
      } catch (fault) {
        this.options.onFault(fault)
      }
      this.#cancel = clock.after(EXPIRE_EVERY_MS, () => void expire())
    }
    await expire()
  }

  stop(): void {
    this.#cancel?.()
    this.#messages.stop()
  }

  receive(requester: Requester, file: IncomingFile): Promise<void> {
    return this.#guarded(requester, async () => {
      const answer = await receive(requester, file, this.options)
      if (answer) await this.#answer(requester, answer)
    })
  }

  /** A button or a select, with the values of a select. */
  click(requester: Requester, id: string, values: string[], openForm: OpenForm): Promise<void> {
    return this.#guarded(requester, async () => {
      const click = parseClick(id)
      if (click?.of === 'new') return openForm(newForm(textsFor(requester.locale)))
      if (click?.of === 'task') {
        const acted = await this.options.tasks.act(requester, click.id, click.verb)
        this.options.reporter.wake() // the message itself says what was done
        return 'done' in acted ? undefined : this.#answer(requester, answerTo(acted), openForm)
      }
      const ask = () => this.options.wizard.click(requester, id, values)
      // A dialog cannot wait behind a workbook that is being read.
      const turn = async () => this.#answer(requester, await ask(), openForm)
      return opensForm(id) || !click ? turn() : this.#turns.run(click.id, turn)
    })
  }

  /**
   * A dialog was sent off. The promise is quick: with `errors` by field id the dialog stays open, or is to be opened
   * again as `keep` gives it. `done` may take long and never rejects.
   */
  async submit(
    requester: Requester,
    id: string,
    values: Record<string, string>,
    file?: IncomingFile,
  ): Promise<SubmitResult> {
    const click = parseClick(id)
    if (click?.of === 'new') {
      if (file) return { done: this.receive(requester, file) }
      const texts = textsFor(requester.locale)
      const errors = { file: texts.wizard.forms.fileMissing }
      return { errors, keep: async () => newForm(texts), done: Promise.resolve() }
    }
    const fetch = file && (() => file.download())
    const submitted = await this.options.wizard.submit(requester, id, values, fetch)
    const { errors, answer } = submitted
    if (errors) return { ...submitted, done: Promise.resolve() }
    const show = async () => this.#answer(requester, await answer)
    return { done: this.#guarded(requester, () => this.#turns.run(click?.id ?? id, show)) }
  }

  /** `/batch <verb> <argument>`: answered privately, or with a file or a form. */
  command(requester: Requester, verb: string, argument: string, openForm: OpenForm): Promise<void> {
    return this.#guarded(requester, async () => {
      const answer = await this.options.commands.run(requester, verb, argument)
      this.options.reporter.wake()
      return this.#answer(requester, answer, openForm)
    })
  }

  /** A person's tasks, for a home tab. */
  home(requester: Requester): Promise<Prompt> {
    return this.options.commands.home(requester)
  }

  /** What a command may be about, newest or by name, for a platform that offers it while it is typed. */
  choices(requester: Requester, of: 'workflow' | 'task'): Promise<{ value: string; label: string }[]> {
    return this.options.commands.choices(requester, of)
  }

  /** The language that somebody was last seen to read, for a platform that does not always say. */
  localeOf(person: Person): Promise<string | undefined> {
    return this.options.wizard.localeOf(person)
  }

  async #answer(requester: Requester, answer: Answer, openForm?: OpenForm): Promise<void> {
    const { chat, reporter } = this.options
    const { person, place } = requester
    switch (answer.kind) {
      case 'show':
        return this.#messages.show(answer.draftId, answer.prompt)
      case 'form':
        return openForm?.(answer.form)
      case 'tell':
        if (answer.refresh) await this.#messages.show(answer.refresh.draftId, answer.refresh.prompt)
        await chat.tell(place, person, answer.prompt)
        return undefined
      case 'file':
        return this.#sendFile(requester, answer)
      case 'task':
        return reporter.wake()
      case 'nothing':
        return undefined
    }
  }

  async #sendFile(
    { person, place, locale }: Requester,
    { file, line, tooLarge, done }: FileAnswer,
  ): Promise<void> {
    const { chat } = this.options
    const { tasks } = textsFor(locale)
    try {
      const sent = await chat.upload(place, file, line, { key: `f-${randomText(12)}`, again: false })
      if (sent.kind === 'ok') return
      const fallback =
        sent.kind === 'tooLarge' ? (tooLarge ?? [tasks.private.fileTooLarge]) : [tasks.private.fileNotSent]
      await chat.tell(place, person, { title: '', lines: [fallback], selects: [], buttons: [] })
    } finally {
      await done?.()
    }
  }

  async #guarded({ person, place, locale }: Requester, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (fault) {
      const isOurs = fault instanceof UserError
      const sentence = isOurs
        ? sentenceOf(fault)
        : textsFor(locale).wizard.private.fault(this.options.onFault(fault))
      await this.options.chat.tell(place, person, tell(sentence).prompt)
    }
  }
}

type FileAnswer = Extract<Answer, { kind: 'file' }>
