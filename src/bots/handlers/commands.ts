import { folded, wordsIn } from '../../app/folded.ts'
import type { Answer } from '../../wizard/answer.ts'
import { newForm } from '../../wizard/forms.ts'
import type { Line, Prompt } from '../../messages/prompt.ts'
import { tell } from '../../wizard/standard-answers.ts'
import { clip, code, dotted } from '../../messages/rich-text.ts'
import type { Requester } from '../../messages/people.ts'
import type { Wizard } from '../../wizard/wizard.ts'
import { type Texts, textsFor } from '../../messages/texts/texts.ts'
import { isGreeting, isHelpWord, isThanks, localeOfText } from './greeting.ts'
import { type ActVerb, answerTo, type TaskActions } from './task-actions.ts'
import type { TaskOverview } from './task-overview.ts'

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

/** False: the words begin like a command and go on about something else, such as “list of products”. */
export function isWholeCommand(verb: string, argument: string): boolean {
  const command = COMMAND_VERBS.find((one) => one === verb)
  switch (command) {
    case undefined:
      return false
    case 'new':
    case 'list':
    case 'help':
      return argument === ''
    case 'template':
      return true
    case 'status':
    case 'pause':
    case 'resume':
    case 'stop':
    case 'retry':
    case 'results':
      return !/\s/.test(argument)
  }
}

/** How many suggestions to pick from while a name is being typed. */
const CHOICES = 100

/** `/batch`: a verb and its argument, as typed. */
export class Commands {
  constructor(
    private readonly wizard: Wizard,
    private readonly tasks: TaskActions,
    readonly overview: TaskOverview,
  ) {}

  async run(requester: Requester, verb: string, argument: string): Promise<Answer> {
    const said = `${verb} ${argument}`.trim()
    const texts = textsFor(localeOfText(said, requester.locale))
    const command = isHelpWord(said) ? 'help' : COMMAND_VERBS.find((one) => one === verb.trim().toLowerCase())
    switch (command) {
      case 'new':
        return { kind: 'form', form: newForm(texts) }
      case 'list':
        return { kind: 'tell', prompt: await this.overview.list(requester) }
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
        return { kind: 'tell', prompt: helpPrompt(texts), isOpen: true }
      case undefined:
        if (isThanks(said) && !said.endsWith('?')) return { ...tell(texts.commands.welcome), isOpen: true }
        return isGreeting(said)
          ? { kind: 'tell', prompt: helloPrompt(texts), isOpen: true }
          : { ...tell(texts.commands.unknownVerb(clip(said, 40))), isOpen: true }
    }
  }

  async choices(
    requester: Requester,
    of: 'workflow' | 'task',
    typed: string,
  ): Promise<{ value: string; label: string }[]> {
    if (of === 'workflow') return this.wizard.offered.matching(requester, typed)
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
    const all = await this.wizard.offered.all(requester)
    if (all.length === 0) return tell(texts.wizard.private.noneForYou)
    const [found, ...others] = await this.wizard.offered.named(requester, wanted)
    if (found && others.length === 0) return this.wizard.template(found.workflow, requester)
    if (!found) return tell(texts.commands.unknownWorkflow(clip(wanted, 80)))
    return tell(texts.commands.whichWorkflow([found, ...others].slice(0, 20).map(({ label }) => label)))
  }
}

/** What Rowbot does, what to do now, and what else there is: three lines. */
function helloPrompt({ commands }: Texts): Prompt {
  const [first, ...others] = COMMAND_VERBS
  const verbs = dotted(code(`/batch ${first}`), ...others.map((verb) => code(verb)))
  return {
    title: '',
    lines: [[commands.hello], [commands.helloNow], [commands.helloCommands, ...verbs]],
    selects: [],
    buttons: [],
  }
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
