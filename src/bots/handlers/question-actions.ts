import { NotAllowed, personActor } from '../../app/actor.ts'
import { AnsweredBefore, type AnswerApp, answerForm, type NewAnswer } from '../../app/answer-form.ts'
import { findTaskForm, letOthersAnswer, mayAnswer } from '../../app/waiting-rows.ts'
import { countOpenForms, findForm, type StoredForm } from '../../db/rows/forms.ts'
import { findTask, type TaskView } from '../../db/tasks/tasks.ts'
import type { Clock } from '../../engine/clock.ts'
import { UserError } from '../../engine/user-error.ts'
import type { QuestionClick } from '../../messages/click-ids.ts'
import { type Place, personKey, type Requester } from '../../messages/people.ts'
import type { Form } from '../../messages/prompt.ts'
import { clip } from '../../messages/rich-text.ts'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import type { Answer } from '../../wizard/answer.ts'
import { NOTHING, sentenceOf, tell } from '../../wizard/standard-answers.ts'
import type { IsAdmin } from '../../wizard/step-context.ts'
import type { QuestionCards } from '../question-cards.ts'
import { ALL_ROWS, inputsOf, questionForm, ROWS_FIELD } from '../question-form.ts'
import type { ClickedMessage } from './clicked-message.ts'
import { say } from '../../engine/sentence.ts'

export interface QuestionActionsOptions {
  bot: AnswerApp
  isAdmin: IsAdmin
  clock: Clock
}

type Cards = Pick<QuestionCards, 'showIn' | 'placeOf'>

/** An answer that takes longer is announced: the card shows that it is on its way. */
const ANNOUNCED_AFTER_MS = 500
const ROWS_NAMED = 10

/** What people do on the card of rows that wait for them. */
export class QuestionActions {
  constructor(private readonly options: QuestionActionsOptions) {}

  /** @param values of a select. @returns a form to open, or something to say to this person alone */
  async click(
    requester: Requester,
    click: QuestionClick,
    { values, clicked, cards }: { values: string[]; clicked: ClickedMessage | undefined; cards: Cards },
  ): Promise<Answer> {
    return this.#answered(requester, click.id, { clicked, cards }, async (found) => {
      if (click.verb === 'others')
        return this.#switch(requester, found.task, () => showIn(clicked, cards, found.task))
      await this.#requireRight(requester, found.task, cards)
      switch (click.verb) {
        case 'fill':
          return { kind: 'form', form: await this.#form(found, click.action, textsFor(requester.locale)) }
        case 'give':
          return this.#give(
            requester,
            found,
            { action: actionOf(found.form, click.action) },
            { clicked, cards },
          )
        case 'all': {
          const action = actionOf(found.form, Number(values[0]))
          return this.#give(requester, found, { action, forAllAlike: true }, { clicked, cards })
        }
      }
    })
  }

  /** A submitted form. */
  async submit(
    requester: Requester,
    click: Extract<QuestionClick, { action: number }>,
    {
      values,
      clicked,
      cards,
    }: { values: Record<string, string>; clicked: ClickedMessage | undefined; cards: Cards },
  ): Promise<Answer> {
    return this.#answered(requester, click.id, { clicked, cards }, async (found) => {
      await this.#requireRight(requester, found.task, cards)
      const answer = {
        action: actionOf(found.form, click.action),
        inputs: inputsOf(found.form, values, textsFor(requester.locale)),
        forAllAlike: values[ROWS_FIELD] === ALL_ROWS,
      }
      return this.#give(requester, found, answer, { clicked, cards })
    })
  }

  /** Finds the form, and says in words why something cannot be done. The card is up to date after it. */
  async #answered(
    requester: Requester,
    formId: string,
    { clicked, cards }: { clicked: ClickedMessage | undefined; cards: Cards },
    work: (found: { form: StoredForm; task: TaskView }) => Promise<Answer>,
  ): Promise<Answer> {
    const { bot } = this.options
    const texts = textsFor(requester.locale)
    const form = await findForm(bot.db, formId)
    const task = form && (await findTask(bot.db, form.taskId))
    if (!form || !task) return tell(texts.questions.private.gone)
    try {
      return await work({ form, task })
    } catch (fault) {
      if (!(fault instanceof UserError)) throw fault
      if (clicked && !(fault instanceof NotAllowed)) await cards.showIn(clicked, task.id)
      return tell(await this.#whyNot(fault, form, texts))
    }
  }

  /** Others may answer only where the card is, which is where its readers are. @throws NotAllowed */
  async #requireRight({ person, place, locale }: Requester, task: TaskView, cards: Cards): Promise<void> {
    const said = textsFor(locale).questions.private
    const isAdmin = this.options.isAdmin(person)
    if (isAdmin || personKey(person) === task.ownerKey) return
    const card = await cards.placeOf(task.id)
    const isHere = card !== undefined && isSameConversation(card, place)
    if (!isHere || !mayAnswer(personActor(person, isAdmin), task))
      throw new NotAllowed(said.notYours(task.owner), '', task.owner)
  }

  async #switch({ person, locale }: Requester, task: TaskView, show: () => Promise<void>): Promise<Answer> {
    const said = textsFor(locale).questions.private
    const isAdmin = this.options.isAdmin(person)
    if (!isAdmin && personKey(person) !== task.ownerKey) return tell(said.notYourSwitch(task.owner))
    await letOthersAnswer(this.options.bot, personActor(person, isAdmin), task.id, !task.othersMayAnswer)
    await show()
    return NOTHING
  }

  async #form(
    { form, task }: { form: StoredForm; task: TaskView },
    action: number,
    texts: Texts,
  ): Promise<Form> {
    const { bot } = this.options
    actionOf(form, action)
    if (form.state !== 'open') throw new UserError(await this.#stateOf(form, texts))
    return questionForm(form, action, await countOpenForms(bot.db, task.id, form.alike), texts)
  }

  async #give(
    requester: Requester,
    { form, task }: { form: StoredForm; task: TaskView },
    answer: Omit<NewAnswer, 'formId'>,
    { clicked, cards }: { clicked: ClickedMessage | undefined; cards: Cards },
  ): Promise<Answer> {
    const { bot, isAdmin, clock } = this.options
    const { person, locale } = requester
    const show = () => showIn(clicked, cards, task)
    let announcing: Promise<void> | undefined
    const cancel = clock.after(ANNOUNCED_AFTER_MS, () => {
      announcing = show().catch(() => undefined) // it is shown again below
    })
    try {
      const answered = await answerForm(bot, personActor(person, isAdmin(person)), {
        formId: form.id,
        ...answer,
      })
      const texts = textsFor(locale)
      const { private: said } = texts.questions
      const [first] = answered.others
      if (!first) return NOTHING
      const rows = answered.others.slice(0, ROWS_NAMED).map(({ row }) => String(row))
      if (answered.others.length > ROWS_NAMED) rows.push('…')
      return tell(said.notFor(rows.join(', '), texts.say(first.error)))
    } finally {
      cancel()
      await announcing
      await show()
    }
  }

  async #whyNot(fault: UserError, { id }: StoredForm, texts: Texts): Promise<string> {
    if (fault instanceof NotAllowed) return texts.say(fault.says.message)
    const form = fault instanceof AnsweredBefore ? await findForm(this.options.bot.db, id) : undefined
    return form ? this.#stateOf(form, texts) : sentenceOf(fault, texts)
  }

  /** Why a form cannot be answered, in the person’s language. */
  async #stateOf({ id, row }: StoredForm, { questions }: Texts): Promise<string> {
    const { private: said } = questions
    const form = await findTaskForm(this.options.bot, id)
    switch (form?.state) {
      case 'answering':
      case 'answered': {
        const { by, action } = form.answer ?? { by: '', action: '' }
        return said.answeredBefore(clip(by, 80), row, clip(action, 80))
      }
      case 'elsewhere':
        return said.answeredInDify(row)
      case 'expired':
        return said.expired(row)
      case 'open':
      case undefined:
        return said.gone
    }
  }
}

function showIn(clicked: ClickedMessage | undefined, cards: Cards, { id }: TaskView): Promise<void> {
  return clicked ? cards.showIn(clicked, id) : Promise.resolve()
}

/** @throws UserError */
function actionOf({ actions }: StoredForm, index: number): string {
  const action = actions[index]
  if (!action) throw new UserError(say('button-gone'))
  return action.id
}

function isSameConversation(a: Place, b: Place): boolean {
  return a.platform === b.platform && a.team === b.team && a.channel === b.channel
}
