import { folded, wordsIn } from '../../app/folded.ts'
import type { WaitingDelivery } from '../../db/chats/deliveries.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import type { Answer } from '../../wizard/answer.ts'
import { NEW_CLICK, taskClick } from '../../messages/click-ids.ts'
import { newForm } from '../../wizard/forms.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { tell } from '../../wizard/standard-answers.ts'
import { bold, clip, code, dotted, fitLines } from '../../messages/rich-text.ts'
import type { Requester } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import { type ActVerb, answerTo, type TaskActions } from './task-actions.ts'

export const COMMAND_VERBS = [
  'new',
  'list',
  'status',
  'pause',
  'resume',
  'stop',
  'retry',
  'results',
  'template',
  'help',
] as const satisfies readonly (keyof Texts['commands']['verbs'])[]
export type CommandVerb = (typeof COMMAND_VERBS)[number]

/** How many tasks get a button, which shows the task with everything that can be done to it. */
const TASKS_WITH_BUTTON = PROMPT_LIMITS.buttons - 1
const BUTTON_CHARS = 40
const TASKS_LISTED = 15
const WAITING_LISTED = 5
/** How many suggestions to pick from while a name is being typed. */
const CHOICES = 100

/** `/batch`: a verb and its argument, as typed. */
export class Commands {
  constructor(
    private readonly wizard: Wizard,
    private readonly tasks: TaskActions,
  ) {}

  async run(requester: Requester, verb: string, argument: string): Promise<Answer> {
    const texts = textsFor(requester.locale)
    const command = COMMAND_VERBS.find((one) => one === verb.trim().toLowerCase())
    switch (command) {
      case 'new':
        return { kind: 'form', form: newForm(texts) }
      case 'list':
        return { kind: 'tell', prompt: await this.home(requester) }
      case 'status':
      case 'pause':
      case 'resume':
      case 'stop':
      case 'retry':
      case 'results':
        return this.#task(requester, command, argument.trim().toLowerCase(), texts)
      case 'template':
        return this.#template(requester, argument.trim(), texts)
      case 'help':
        return { kind: 'tell', prompt: helpPrompt(texts) }
      case undefined:
        return verb.trim() === ''
          ? { kind: 'tell', prompt: helpPrompt(texts) }
          : tell(texts.commands.unknownVerb(clip(verb, 40)))
    }
  }

  /** The person’s tasks, and a way to start one. */
  async home(requester: Requester): Promise<Prompt> {
    const texts = textsFor(requester.locale)
    const tasks = await this.tasks.list(requester.person, TASKS_LISTED + 1)
    const shown = tasks.slice(0, TASKS_LISTED)
    const waiting = await this.tasks.waiting(requester.person)
    const lines = [
      ...waiting.slice(0, WAITING_LISTED).map((one) => waitingLine(one, texts)),
      ...shown.map((task) => taskLine(task, texts)),
    ]
    if (tasks.length > shown.length) lines.push([texts.commands.more(shown.length)])
    return {
      title: texts.commands.list,
      lines:
        lines.length === 0 ? [[texts.commands.none]] : fitLines(lines, PROMPT_LIMITS.lineChars, () => '…'),
      selects: [],
      buttons: [
        { id: NEW_CLICK, label: texts.wizard.forms.newBatch, style: 'primary' },
        ...shown.slice(0, TASKS_WITH_BUTTON).map(({ id, name }) => ({
          id: taskClick(id, 'status'),
          label: clip(`${id} · ${name}`, BUTTON_CHARS),
        })),
      ],
    }
  }

  async choices(
    requester: Requester,
    of: 'workflow' | 'task',
    typed: string,
  ): Promise<{ value: string; label: string }[]> {
    if (of === 'workflow') return this.wizard.workflowsMatching(requester, typed)
    const { tasks } = textsFor(requester.locale)
    const words = wordsIn(typed)
    return (await this.tasks.list(requester.person, CHOICES))
      .map(({ id, name, status }) => ({ value: id, label: `${id} · ${tasks.statusNames[status]} · ${name}` }))
      .filter(({ label }) => words.every((word) => folded(label).includes(word)))
  }

  async #task(requester: Requester, verb: ActVerb, id: string, texts: Texts): Promise<Answer> {
    if (id === '') return tell(texts.commands.whichTask(verb))
    return answerTo(await this.tasks.act(requester, id, verb))
  }

  async #template(requester: Requester, wanted: string, texts: Texts): Promise<Answer> {
    const all = await this.wizard.workflows(requester)
    if (all.length === 0) return tell(texts.wizard.private.noneForYou)
    const [found, ...others] = await this.wizard.workflowsNamed(requester, wanted)
    if (found && others.length === 0) return this.wizard.template(found.workflow, requester)
    if (!found) return tell(texts.commands.unknownWorkflow(clip(wanted, 80)))
    return tell(texts.commands.whichWorkflow([found, ...others].slice(0, 20).map(({ label }) => label)))
  }
}

/** What could be delivered nowhere, above all else. */
function waitingLine({ taskId, taskName, what }: WaitingDelivery, { commands }: Texts): Line {
  const name = bold(clip(taskName, 60))
  return what !== 'halted'
    ? commands.resultWaits(name, code(`/batch results ${taskId}`))
    : commands.haltWaits(name, code(`/batch status ${taskId}`))
}

function taskLine(task: TaskView, { tasks, numbers }: Texts): Line {
  const { counts } = task
  const settled = counts.succeeded + counts.failed
  return dotted(
    code(task.id),
    bold(clip(task.name, 60)),
    tasks.statusNames[task.status],
    tasks.of(settled, counts.total),
    counts.failed > 0 && tasks.failed(counts.failed),
    task.startedAt !== null && task.finishedAt !== null && numbers.duration(task.finishedAt - task.startedAt),
  )
}

function helpPrompt({ commands }: Texts): Prompt {
  const { task, workflow } = commands.arguments
  const argument = (verb: CommandVerb): string => {
    if (verb === 'template') return ` <${workflow}>`
    return verb === 'new' || verb === 'list' || verb === 'help' ? '' : ` <${task}>`
  }
  return {
    title: commands.help,
    lines: [
      ...commands.helpLines.map((line): Line => [line]),
      ...COMMAND_VERBS.map((verb): Line => [
        code(`/batch ${verb}${argument(verb)}`),
        ` ${commands.verbs[verb]}`,
      ]),
    ],
    selects: [],
    buttons: [],
  }
}
