import type { Questions } from '../db/chats/question-cards.ts'
import { isOnlyInDify, type StoredForm } from '../db/rows/forms.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import { formText } from '../engine/form.ts'
import { questionClick } from '../messages/click-ids.ts'
import { PROMPT_LIMITS } from '../messages/limits.ts'
import type { Button, Line, Mention, Prompt, Select } from '../messages/prompt.ts'
import { bold, clip, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import { markdownLines } from './markdown-lines.ts'
import { FIELDS_SHOWN } from './question-form.ts'

/** Everything that the card of a task’s waiting rows shows. */
export interface QuestionFacts {
  task: TaskView
  questions: Questions
  owner: Mention
  /** undefined: the page has no URL */
  pageUrl: string | undefined
}

const NAME_CHARS = 60
const NODE_CHARS = 80
const ACTION_CHARS = 50
const TEXT_CHARS = 1_600
/** The others are on the page. Two more buttons follow: who may answer, and the page. */
const ACTIONS_SHOWN = PROMPT_LIMITS.buttons - 2

/** A card: the question that is to be answered now, or that none is left. */
export function questionPrompt(facts: QuestionFacts, texts: Texts): Prompt {
  const { next } = facts.questions
  return next ? askingPrompt(facts, next, texts) : overPrompt(facts, texts)
}

function askingPrompt(facts: QuestionFacts, form: StoredForm, texts: Texts): Prompt {
  const { task, questions, owner } = facts
  const { open, alike } = questions
  const said = texts.questions
  const isAnswerable = form.state === 'open' && whyNotHere(form, texts) === undefined
  const total = over(questions) + open
  const title = said.title(clip(task.name, NAME_CHARS), form.row, total - open + 1, total)
  return {
    title: clip(title, PROMPT_LIMITS.titleChars),
    notice: title,
    lines: [
      dotted(
        form.nodeTitle !== '' && bold(clip(form.nodeTitle, NODE_CHARS)),
        form.expiresAt !== null && untilLine(form.expiresAt, texts),
        [{ person: owner }],
      ),
      ...textLines(facts, form, texts),
      ...stateLines(form, isAnswerable, texts),
      ...lastLines(questions, texts),
      ...(task.othersMayAnswer ? [[said.othersMay]] : []),
    ],
    selects: isAnswerable && alike > 1 && form.fields.length === 0 ? [forAllSelect(form, alike, texts)] : [],
    buttons: [
      ...(isAnswerable ? actionButtons(form) : []),
      {
        id: questionClick({ id: form.id, verb: 'others' }),
        label: task.othersMayAnswer ? said.buttons.onlyMe : said.buttons.letOthers,
      },
      ...pageButton(facts, texts),
    ],
  }
}

/** Why no button is for this form in a chat. Undefined: it can be answered there. */
function whyNotHere(form: StoredForm, { questions }: Texts): string | undefined {
  const { fields } = form
  if (isOnlyInDify(form)) return questions.onlyInDify
  return fields.length > FIELDS_SHOWN ? questions.tooManyFields(fields.length) : undefined
}

function overPrompt({ task, questions, pageUrl }: QuestionFacts, texts: Texts): Prompt {
  const said = texts.questions
  const { answered, elsewhere, expired } = questions
  const rest = dotted(
    elsewhere > 0 && said.overInDify(elsewhere),
    expired > 0 && said.overExpired(expired),
    GOES_ON[task.status](texts),
  )
  return {
    title: clip(said.over(clip(task.name, NAME_CHARS), answered), PROMPT_LIMITS.titleChars),
    lines: [rest, ...lastLines(questions, texts)],
    selects: [],
    buttons: pageButton({ task, pageUrl }, texts),
  }
}

const GOES_ON: Record<TaskView['status'], (texts: Texts) => string | undefined> = {
  pending: ({ questions }) => questions.goesOn,
  running: ({ questions }) => questions.goesOn,
  completed: () => undefined,
  paused: ({ questions }) => questions.isPaused,
  failed: ({ questions }) => questions.isStopped,
  cancelled: ({ questions }) => questions.isStopped,
}

function over({ answered, elsewhere, expired }: Questions): number {
  return answered + elsewhere + expired
}

function untilLine(time: number, { questions, numbers }: Texts): Line {
  return questions.until({ time, text: numbers.clock(time), withDate: true })
}

function textLines({ pageUrl }: QuestionFacts, form: StoredForm, { questions, tasks }: Texts): Line[] {
  const { lines, isCut } = markdownLines(formText(form), TEXT_CHARS)
  if (!isCut) return lines
  const rest =
    pageUrl === undefined
      ? [questions.restInDify]
      : questions.restOnPage({ link: tasks.pageLink, url: pageUrl })
  return [...lines, rest]
}

function stateLines(form: StoredForm, isAnswerable: boolean, texts: Texts): Line[] {
  const { questions } = texts
  if (form.state !== 'open') return [[questions.answering(form.row)]]
  const why = whyNotHere(form, texts)
  if (why !== undefined) return [[why]]
  const left = form.actions.length - ACTIONS_SHOWN
  const names = form.fields.map(({ name }) => clip(name, 40)).join(', ')
  return [
    ...(isAnswerable && names !== '' ? [[questions.fields(names)]] : []),
    ...(left > 0 ? [[questions.moreActions(left)]] : []),
  ]
}

function lastLines({ last }: Questions, { questions }: Texts): Line[] {
  if (!last) return []
  return [[questions.answered(last.row, clip(last.action, ACTION_CHARS), clip(last.by, ACTION_CHARS))]]
}

function actionButtons({ id, actions, fields }: StoredForm): Button[] {
  const verb = fields.length > 0 ? 'fill' : 'give'
  return actions.slice(0, ACTIONS_SHOWN).map(({ title, style }, action) => ({
    id: questionClick({ id, verb, action }),
    label: clip(title.trim() || '…', PROMPT_LIMITS.buttonChars),
    ...(style === 'primary' && { style }),
  }))
}

function forAllSelect({ id, actions }: StoredForm, alike: number, { questions }: Texts): Select {
  return {
    id: questionClick({ id, verb: 'all' }),
    label: questions.forAll(alike),
    options: actions.slice(0, PROMPT_LIMITS.options).map(({ title }, action) => ({
      value: String(action),
      label: clip(questions.actionForAll(clip(title, ACTION_CHARS), alike), PROMPT_LIMITS.optionChars),
    })),
  }
}

function pageButton({ pageUrl }: Pick<QuestionFacts, 'task' | 'pageUrl'>, { tasks }: Texts): Button[] {
  return pageUrl === undefined ? [] : [{ url: pageUrl, label: tasks.buttons.page }]
}
