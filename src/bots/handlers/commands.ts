import type { TaskView } from '../../db/tasks/tasks.ts'
import type { Answer } from '../../wizard/answer.ts'
import { NEW_CLICK, type TaskVerb, taskClick } from '../../messages/click-ids.ts'
import { newForm } from '../../wizard/forms.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import { PROMPT_LIMITS } from '../../messages/limits.ts'
import { tell } from '../../wizard/standard-answers.ts'
import { bold, clip, code, dotted, fitLines } from '../../messages/rich-text.ts'
import type { Asker } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import { type Words, wordsFor } from '../../messages/texts/texts.ts'
import { answerTo, type Tasks } from './task-clicks.ts'

export const COMMAND_VERBS = [
  'new',
  'list',
  'status',
  'pause',
  'resume',
  'stop',
  'retry',
  'template',
  'help',
] as const satisfies readonly (keyof Words['commands']['verbs'])[]
export type CommandVerb = (typeof COMMAND_VERBS)[number]

/** A button each, which shows the task with all that can be done to it. */
const TASKS_WITH_BUTTON = PROMPT_LIMITS.buttons - 1
const BUTTON_CHARS = 40
const TASKS_LISTED = 15
/** Those that are told apart while their name is typed. */
const CHOICES = 100

/** `/batch`: a verb and what it is about, as a person typed them. */
export class Commands {
  constructor(
    private readonly wizard: Wizard,
    private readonly tasks: Tasks,
  ) {}

  async run(asker: Asker, verb: string, argument: string): Promise<Answer> {
    const words = wordsFor(asker.locale)
    const known = COMMAND_VERBS.find((one) => one === verb.trim().toLowerCase())
    switch (known) {
      case 'new':
        return { kind: 'form', form: newForm(words) }
      case 'list':
        return { kind: 'tell', prompt: await this.home(asker) }
      case 'status':
      case 'pause':
      case 'resume':
      case 'stop':
      case 'retry':
        return this.#task(asker, known, argument.trim().toLowerCase(), words)
      case 'template':
        return this.#template(asker, argument.trim(), words)
      case 'help':
        return { kind: 'tell', prompt: helpPrompt(words) }
      case undefined:
        return verb.trim() === ''
          ? { kind: 'tell', prompt: helpPrompt(words) }
          : tell(words.commands.unknownVerb(clip(verb, 40)))
    }
  }

  /** The person’s tasks, and a way to begin one. */
  async home(asker: Asker): Promise<Prompt> {
    const words = wordsFor(asker.locale)
    const tasks = await this.tasks.list(asker.person, TASKS_LISTED + 1)
    const shown = tasks.slice(0, TASKS_LISTED)
    const lines = shown.map((task) => taskLine(task, words))
    if (tasks.length > shown.length) lines.push([words.commands.more(shown.length)])
    return {
      title: words.commands.list,
      lines:
        lines.length === 0 ? [[words.commands.none]] : fitLines(lines, PROMPT_LIMITS.lineChars, () => '…'),
      selects: [],
      buttons: [
        { id: NEW_CLICK, label: words.wizard.forms.newBatch, style: 'primary' },
        ...shown.slice(0, TASKS_WITH_BUTTON).map(({ id, name }) => ({
          id: taskClick(id, 'status'),
          label: clip(`${id} · ${name}`, BUTTON_CHARS),
        })),
      ],
    }
  }

  async choices(asker: Asker, of: 'workflow' | 'task'): Promise<{ value: string; label: string }[]> {
    if (of === 'workflow')
      return (await this.wizard.workflows(asker)).map(({ id, name }) => ({ value: id, label: name }))
    const { tasks } = wordsFor(asker.locale)
    return (await this.tasks.list(asker.person, CHOICES)).map(({ id, name, status }) => ({
      value: id,
      label: `${id} · ${tasks.statusWords[status]} · ${name}`,
    }))
  }

  async #task(asker: Asker, verb: TaskVerb, id: string, words: Words): Promise<Answer> {
    if (id === '') return tell(words.commands.whichTask(verb))
    return answerTo(await this.tasks.act(asker, id, verb))
  }

  async #template(asker: Asker, wanted: string, words: Words): Promise<Answer> {
    const all = await this.wizard.workflows(asker)
    if (all.length === 0) return tell(words.wizard.private.noneForYou)
    const key = wanted.toLowerCase()
    const exact = all.find(({ id, name }) => id === wanted || name.toLowerCase() === key)
    const [found, ...others] = exact ? [exact] : all.filter(({ name }) => name.toLowerCase().startsWith(key))
    if (found && others.length === 0) return this.wizard.template(found, asker)
    if (!found) return tell(words.commands.unknownWorkflow(clip(wanted, 80)))
    return tell(
      words.commands.whichWorkflow([found, ...others].slice(0, 20).map(({ name }) => clip(name, 40))),
    )
  }
}

function taskLine(task: TaskView, { tasks, numbers }: Words): Line {
  const { counts } = task
  const settled = counts.succeeded + counts.failed
  return dotted(
    code(task.id),
    bold(clip(task.name, 60)),
    tasks.statusWords[task.status],
    tasks.of(settled, counts.total),
    counts.failed > 0 && tasks.failed(counts.failed),
    task.startedAt !== null && task.finishedAt !== null && numbers.duration(task.finishedAt - task.startedAt),
  )
}

function helpPrompt({ commands }: Words): Prompt {
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
