import { NotAllowed, personActor, type Actor } from '../../app/actor.ts'
import { findFlagged } from '../../app/flags.ts'
import {
  ChangedMeanwhile,
  editOutputs,
  keepRow,
  machineValue,
  NoAnswer,
  NoSuchRow,
  NotEditable,
  type ReviewApp,
  resetRow,
  runRowAgain,
  type SeenRow,
} from '../../app/reviews.ts'
import { findTaskFor, type TaskApp } from '../../app/tasks.ts'
import { findReviewedRow, type ReviewedRow } from '../../db/rows/reviews.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import { UnknownTask } from '../../engine/engine.ts'
import { editedValue, versionOf, WrongKind } from '../../engine/review.ts'
import { UserError } from '../../engine/user-error.ts'
import type { ReviewClick } from '../../messages/click-ids.ts'
import type { Requester } from '../../messages/people.ts'
import type { Form } from '../../messages/prompt.ts'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import type { Answer } from '../../wizard/answer.ts'
import { KeyedQueue, type KeyedTurns } from '../../app/keyed-queue.ts'
import { NOTHING, sentenceOf, tell } from '../../wizard/standard-answers.ts'
import type { IsAdmin } from '../../wizard/step-context.ts'
import { editForm, fieldOfOutput, rowUrl, typedTexts } from '../review-prompt.ts'
import type { ReviewCards } from '../review-cards.ts'
import type { ClickedMessage } from './clicked-message.ts'

export interface ReviewActionsOptions {
  bot: TaskApp & ReviewApp
  isAdmin: IsAdmin
  pageUrl?: (taskId: string) => string
  /** over all machines; default: of this process */
  turns?: KeyedTurns
}

interface Clicked {
  clicked: ClickedMessage | undefined
  cards: ReviewCards
}

/** What people do on the card of rows to look at. */
export class ReviewActions {
  /** of two clicks that begin at once, the second finds the card of the first */
  readonly #turns: KeyedTurns

  constructor(private readonly options: ReviewActionsOptions) {
    this.#turns = options.turns ?? new KeyedQueue()
  }

  /** @returns a form to open, or something to say to this person alone */
  click(requester: Requester, click: ReviewClick, at: Clicked): Promise<Answer> {
    return this.#answered(requester, click, at, async (actor, task) => {
      switch (click.verb) {
        case 'begin':
          return this.#turns.run(`review-${task.id}`, () => this.#begin(task, at, textsFor(requester.locale)))
        case 'show':
          await at.cards.showIn(at.clicked, task.id, click.row)
          return NOTHING
        case 'edit':
          return this.#form(task, seenRow(click), textsFor(requester.locale))
        case 'keep':
          await keepRow(this.options.bot, actor, seenRow(click))
          await at.cards.showIn(at.clicked, task.id, click.row, { next: true })
          return NOTHING
        case 'reset':
          await resetRow(this.options.bot, actor, seenRow(click))
          await at.cards.showIn(at.clicked, task.id, click.row)
          return NOTHING
        case 'again':
          await runRowAgain(this.options.bot, actor, seenRow(click))
          await at.cards.ranAgain(task.id, click.row)
          await at.cards.showIn(at.clicked, task.id, click.row)
          return NOTHING
      }
    })
  }

  /** What is wrong in a submitted dialog, by field; nothing: it can be saved. */
  async check(
    requester: Requester,
    click: EditClick,
    values: Record<string, string>,
  ): Promise<{ errors: Record<string, string>; keep: () => Promise<Form | undefined> } | undefined> {
    const texts = textsFor(requester.locale)
    const row = await findReviewedRow(this.options.bot.db, click.id, click.row)
    if (!row) return undefined
    const errors: Record<string, string> = {}
    for (const [output, text] of Object.entries(typedTexts(row, values))) {
      try {
        editedValue(output, text, machineValue(row, output))
      } catch (fault) {
        if (!(fault instanceof WrongKind)) throw fault
        errors[fieldOfOutput(row, output)] = texts.review.mustBe[fault.kind]
      }
    }
    if (Object.keys(errors).length === 0) return undefined
    return { errors, keep: async () => this.#formAgain(requester, click, row, values) }
  }

  /** A submitted dialog. */
  submit(
    requester: Requester,
    click: EditClick,
    { values, ...at }: Clicked & { values: Record<string, string> },
  ): Promise<Answer> {
    return this.#answered(requester, click, at, async (actor, task) => {
      const { bot } = this.options
      const row = await findReviewedRow(bot.db, task.id, click.row)
      // What is unchanged is known by the answer that the dialog was opened with.
      if (row && versionOf(row) !== click.version) throw new ChangedMeanwhile(seenRow(click))
      if (row) await editOutputs(bot, actor, seenRow(click), typedTexts(row, values))
      await at.cards.showIn(at.clicked, task.id, click.row)
      return NOTHING
    })
  }

  async #begin(task: TaskView, { cards }: Clicked, texts: Texts): Promise<Answer> {
    const { rows } = await findFlagged(this.options.bot.db, task)
    if (rows.length === 0) return tell(texts.tasks.private.nothingToLookAt)
    return (await cards.begin(task, rows)) ? NOTHING : tell(texts.review.private.notPosted)
  }

  async #form(task: TaskView, seen: SeenRow, texts: Texts): Promise<Answer> {
    const row = await findReviewedRow(this.options.bot.db, task.id, seen.row)
    if (!row) throw new NoSuchRow(seen)
    if (row.status !== 'succeeded') throw new NoAnswer(seen)
    if (versionOf(row) !== seen.version) throw new ChangedMeanwhile(seen)
    const form = editForm(task, row, texts)
    if (form) return { kind: 'form', form }
    const url = rowUrl(this.options.pageUrl?.(task.id), row.row)
    const link = url === undefined ? undefined : { link: texts.tasks.pageLink, url }
    const line = texts.review.private.tooLong(link)
    return { kind: 'tell', prompt: { title: '', lines: [line], selects: [], buttons: [] } }
  }

  /** With what was typed. */
  async #formAgain(
    { locale }: Requester,
    click: EditClick,
    row: ReviewedRow,
    values: Record<string, string>,
  ): Promise<Form | undefined> {
    const texts = textsFor(locale)
    const form = editForm({ id: click.id }, row, texts)
    if (!form) return undefined
    return {
      ...form,
      fields: form.fields.map((field) =>
        field.type === 'text' ? { ...field, value: values[field.id] ?? field.value } : field,
      ),
    }
  }

  /** Finds the task, checks permission, and says in words why something cannot be done. The card is up to date after it. */
  async #answered(
    { person, locale }: Requester,
    click: ReviewClick,
    { clicked, cards }: Clicked,
    work: (actor: Actor, task: TaskView) => Promise<Answer>,
  ): Promise<Answer> {
    const { bot, isAdmin } = this.options
    const texts = textsFor(locale)
    const actor = personActor(person, isAdmin(person))
    try {
      return await work(actor, await findTaskFor(bot, actor, click.id))
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      const isStale = fault instanceof ChangedMeanwhile || fault instanceof NoAnswer
      if (isStale && 'row' in click) await cards.showIn(clicked, click.id, click.row)
      return tell(whyNot(fault, click, texts))
    }
  }
}

type EditClick = Extract<ReviewClick, { version: string }>

function seenRow({ id, row, version }: EditClick): SeenRow {
  return { taskId: id, row, version }
}

function whyNot(fault: UserError, click: ReviewClick, texts: Texts): string {
  const { review } = texts
  const said = review.private
  const row = 'row' in click ? click.row : 0
  if (fault instanceof NotAllowed) return said.notYours(fault.owner ?? '')
  if (fault instanceof UnknownTask || fault instanceof NoSuchRow) return said.gone
  if (fault instanceof ChangedMeanwhile) return said.changed(row)
  if (fault instanceof NoAnswer) return said.noAnswer(row)
  if (fault instanceof NotEditable) return said.notEditable
  if (fault instanceof WrongKind) return `${fault.output}: ${review.mustBe[fault.kind]}`
  return click.verb === 'again' ? said.standsStill : sentenceOf(fault, texts)
}
