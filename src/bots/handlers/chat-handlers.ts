import type { Clock } from '../../engine/clock.ts'
import { UserError } from '../../engine/user-error.ts'
import {
  type DraftVerb,
  opensForm,
  parseClick,
  type QuestionClick,
  type ReviewClick,
} from '../../messages/click-ids.ts'
import { newForm } from '../../wizard/forms.ts'
import type { Person, Platform, Requester } from '../../messages/people.ts'
import type { Form, Option, Prompt } from '../../messages/prompt.ts'
import { sentenceOf, tell } from '../../wizard/standard-answers.ts'
import { KeyedQueue, type KeyedTurns } from '../../app/keyed-queue.ts'
import { FILES_FIELD } from '../../wizard/constant-form.ts'
import type { SentWithForm } from '../../wizard/sent-with-form.ts'
import { gatherAsIs } from '../../files/gather.ts'
import type { FileStore } from '../../files/file-store.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import type { Limits } from '../../workbook/limits.ts'
import { textsFor } from '../../messages/texts/texts.ts'
import type { Budgets } from '../budget.ts'
import type { Chat } from '../chat.ts'
import { Answers, type OpenForm } from './answers.ts'
import { Arrivals } from './arrivals.ts'
import type { ClickedMessage } from './clicked-message.ts'
import type { ResultLinks } from '../../app/result-links.ts'
import type { Commands } from './commands.ts'
import { DraftMessages } from './draft-messages.ts'
import { announced, bringsFile } from './announced-file.ts'
import { EndedDrafts } from './ended-drafts.ts'
import { FormNotOpened } from './form-not-opened.ts'
import type { QuestionActions } from './question-actions.ts'
import type { Reporter } from '../reporter.ts'
import type { ReviewActions } from './review-actions.ts'
import { fetchFiles, type IncomingFiles } from './incoming-files.ts'
import { answerTo, type TaskActions } from './task-actions.ts'

export interface ChatHandlersOptions {
  platform: Platform
  chat: Chat
  wizard: Wizard
  tasks: TaskActions
  questions: QuestionActions
  reviews: ReviewActions
  commands: Commands
  reporter: Pick<Reporter, 'wake' | 'spoke' | 'reopened' | 'showIn' | 'cards' | 'reviews'>
  budgets: Budgets
  /** over all machines; default: of this process */
  turns?: KeyedTurns
  /** where files are stored that come along with a workbook */
  store: FileStore
  /** to results that are too large for a chat; undefined: the page has no address */
  links?: ResultLinks
  limits: Limits
  clock: Clock
  /** measures how long a person waits; default: the machine’s time */
  patience?: Clock
  /** Logs an unexpected error and returns its id in the log. */
  onFault: (fault: unknown) => string
}

/** The result of a submitted dialog. */
export type SubmitResult =
  | { errors: Record<string, string>; keep: () => Promise<Form | undefined>; done: Promise<void> }
  | { errors?: undefined; done: Promise<void> }

/** These are answered with a file. */
const FILE_VERBS = new Set<DraftVerb>(['template', 'marked'])

/**
 * What listeners call after they have acknowledged the event (or before, if opensForm(id)). Asks the wizard or the
 * engine and shows the answer through the Chat. Listeners only decode and call; they decide nothing. Nothing here
 * throws: a fault becomes a private message with its id in the log.
 */
export class ChatHandlers {
  /** Handles clicks on one draft in order, so that its message shows the last one. */
  readonly #turns: KeyedTurns
  readonly #messages: DraftMessages
  readonly #answers: Answers
  readonly #arrivals: Arrivals
  readonly #ended: EndedDrafts

  constructor(private readonly options: ChatHandlersOptions) {
    this.#turns = options.turns ?? new KeyedQueue()
    this.#messages = new DraftMessages(options)
    this.#answers = new Answers(options, this.#messages)
    this.#arrivals = new Arrivals(options, this.#turns, this.#messages, this.#answers)
    this.#ended = new EndedDrafts(options, this.#messages)
  }

  /** From now on, people whose draft has ended without them are told. */
  start(): Promise<void> {
    return this.#ended.start()
  }

  /** Messages may be taken again in a channel or thread, or on the whole server. Nobody is told of a fault. */
  async reopened(team: string, channel?: string): Promise<void> {
    const { platform, reporter, onFault } = this.options
    try {
      await reporter.reopened({ platform, team, ...(channel !== undefined && { channel }) })
    } catch (fault) {
      onFault(fault)
    }
  }

  stop(): void {
    this.#ended.stop()
    this.#messages.stop()
  }

  /**
   * Files that somebody sent at once. They start one wizard, or they are added to the draft that they answer: then
   * none of them may be a workbook.
   */
  receive(requester: Requester, sent: IncomingFiles): Promise<void> {
    return this.#guarded(requester, () => this.#arrivals.receive(requester, sent))
  }

  /** A click on a button, or a choice in a select with its values. */
  click(
    requester: Requester,
    id: string,
    values: string[],
    openForm: OpenForm,
    clicked?: ClickedMessage,
  ): Promise<void> {
    return this.#guarded(requester, async () => {
      const click = parseClick(id)
      if (click?.of === 'new') return openForm(newForm(textsFor(requester.locale)))
      if (click?.of === 'task') {
        const { verb } = click
        if (verb === 'results')
          return announced(requester, this.options, async () =>
            this.#answers.give(requester, answerTo(await this.options.tasks.act(requester, click.id, verb))),
          )
        if (verb === 'settings')
          return this.#answers.give(requester, await this.options.wizard.again(requester, click.id))
        const { endedAt } = click
        const acted = await this.options.tasks.act(requester, click.id, verb, { endedAt })
        // At once and past the budget of edits, which progress of other tasks may have used up.
        if ('done' in acted && clicked) await this.#answers.showTask(requester, click.id, clicked)
        this.options.reporter.wake() // so that the task’s message shows it in any case
        return 'done' in acted
          ? undefined
          : this.#answers.give(requester, answerTo(acted), { openForm, clicked })
      }
      if (click?.of === 'question') {
        const { questions, reporter } = this.options
        const answer = await questions.click(requester, click, { values, clicked, cards: reporter.cards })
        reporter.wake()
        return this.#answers.give(requester, answer, { openForm, clicked })
      }
      if (click?.of === 'review') {
        const { reviews, reporter } = this.options
        const answer = await reviews.click(requester, click, { clicked, cards: reporter.reviews })
        reporter.wake()
        return this.#answers.give(requester, answer, { openForm, clicked })
      }
      const ask = () => this.options.wizard.click(requester, id, values)
      // A dialog cannot wait behind a workbook that is being read.
      if (opensForm(id) || !click) return this.#answers.give(requester, await ask(), { openForm, clicked })
      const turn = async () => {
        const answer = await this.#messages.announced(click.id, clicked, ask)
        await this.#answers.give(requester, answer, { openForm, clicked })
      }
      // The step stays as it is, and nothing is read for it.
      const file = () =>
        announced(requester, this.options, async () =>
          this.#answers.give(requester, await ask(), { openForm, clicked }),
        )
      return this.#turns.run(click.id, FILE_VERBS.has(click.verb) ? file : turn)
    })
  }

  /**
   * A submitted dialog. The promise resolves quickly: with `errors` by field id, the dialog stays open, or opens again
   * as `keep` gives it. `done` may take long and never rejects.
   */
  async submit(
    requester: Requester,
    id: string,
    values: Record<string, string>,
    sent?: IncomingFiles,
    clicked?: ClickedMessage,
  ): Promise<SubmitResult> {
    const click = parseClick(id)
    if (click?.of === 'new') {
      if (sent) return { done: this.receive(requester, sent) }
      const texts = textsFor(requester.locale)
      const errors = { file: texts.wizard.forms.fileMissing }
      return { errors, keep: async () => newForm(texts), done: Promise.resolve() }
    }
    if (click?.of === 'question') return { done: this.#answerQuestion(requester, click, values, clicked) }
    if (click?.of === 'review') return this.#submitReview(requester, click, values, clicked)
    const { store, limits } = this.options
    const { locale } = requester
    const isMore = click?.of === 'draft' && click.verb === 'files'
    const withForm: SentWithForm | undefined = sent && {
      upload: async () => {
        const mayListFiles = isMore || (await this.options.wizard.offered.takeFiles(requester))
        return fetchFiles(sent.files, { store, limits, locale, mayListFiles })
      },
      // A form of a chat has at most one field for files.
      files: async () => {
        const { files: words } = textsFor(locale)
        return new Map([[FILES_FIELD, await gatherAsIs(sent.files, { store, limits, words })]])
      },
    }
    const submitted = await this.options.wizard.submit(requester, id, values, withForm)
    const { errors, answer } = submitted
    if (errors) return { ...submitted, done: Promise.resolve() }
    const draftId = click?.id ?? id
    // Its turn, which handles a fault, may come long after the fault: a rejection that nobody handles ends the process.
    answer.catch(() => {})
    const turn = async () =>
      this.#answers.give(requester, await this.#messages.announced(draftId, clicked, () => answer), {
        clicked,
      })
    return { done: this.#guarded(requester, () => this.#turns.run(draftId, turn)) }
  }

  async #submitReview(
    requester: Requester,
    click: ReviewClick,
    values: Record<string, string>,
    clicked: ClickedMessage | undefined,
  ): Promise<SubmitResult> {
    if (click.verb !== 'edit') return { done: Promise.resolve() }
    const { reviews, reporter } = this.options
    const wrong = await reviews.check(requester, click, values)
    if (wrong) return { ...wrong, done: Promise.resolve() }
    const save = async () => {
      const answer = await reviews.submit(requester, click, { values, clicked, cards: reporter.reviews })
      reporter.wake()
      await this.#answers.give(requester, answer, { clicked })
    }
    return { done: this.#guarded(requester, save) }
  }

  #answerQuestion(
    requester: Requester,
    click: QuestionClick,
    values: Record<string, string>,
    clicked: ClickedMessage | undefined,
  ): Promise<void> {
    return this.#guarded(requester, async () => {
      if (click.verb !== 'fill') return
      const { questions, reporter } = this.options
      const answer = await questions.submit(requester, click, { values, clicked, cards: reporter.cards })
      reporter.wake()
      await this.#answers.give(requester, answer, { clicked })
    })
  }

  /** `/batch <verb> <argument>`: answered privately, or with a file or a form. */
  command(requester: Requester, verb: string, argument: string, openForm: OpenForm): Promise<void> {
    return this.#guarded(requester, async () => {
      const run = async () => {
        const answer = await this.options.commands.run(requester, verb, argument)
        this.options.reporter.wake()
        await this.#answers.give(requester, answer, { openForm })
      }
      return bringsFile(verb) ? announced(requester, this.options, run) : run()
    })
  }

  /** A person’s tasks, for a home tab: one prompt below the other. */
  home(requester: Requester): Promise<Prompt[]> {
    return this.options.commands.overview.home(requester)
  }

  /** Suggestions for a command’s argument, for a platform that offers them while people type; the likeliest first. */
  choices(
    requester: Requester,
    of: 'workflow' | 'task',
    typed: string,
  ): Promise<{ value: string; label: string }[]> {
    return this.options.commands.choices(requester, of, typed)
  }

  /** What a select of a draft offers while people type into it. */
  suggest(requester: Requester, id: string, typed: string): Promise<Option[]> {
    return this.options.wizard.suggest(requester, id, typed)
  }

  /** The language that a person last used, for events that do not carry it. */
  localeOf(person: Person): Promise<string | undefined> {
    return this.options.wizard.localeOf(person)
  }

  async #guarded({ person, place, locale }: Requester, work: () => Promise<void>): Promise<void> {
    try {
      await work()
      // Afterwards: it may have been to get what waits.
      await this.options.reporter.spoke({ person, place })
    } catch (fault) {
      await this.options.chat.tell(place, person, this.#promptOf(fault, locale))
    }
  }

  #promptOf(fault: unknown, locale: string): Prompt {
    if (fault instanceof FormNotOpened) return fault.prompt
    const isOurs = fault instanceof UserError
    return tell(
      isOurs
        ? sentenceOf(fault, textsFor(locale))
        : textsFor(locale).wizard.private.fault(this.options.onFault(fault)),
    ).prompt
  }
}
