import type { AnswerDecision, Asks } from './decisions.ts'
import type { Answer, World } from './world.ts'

/** In a cell: what the run of its row asks somebody. A short time is over before many answers come. */
export const ASKS: Record<Asks, string> = {
  nothing: '',
  buttons: ' [sandbox: paused, only-buttons]',
  form: ' [sandbox: paused]',
  briefly: ' [sandbox: paused, only-buttons, expires=3000]',
}

const ACTIONS = ['yes', 'no']
/** The buttons of such a question in a chat, and the one that lets others press them. */
const BUTTONS = new Set(['Approve', 'Reject', 'Let others answer'])

/** A question, as the API has it. */
interface Question {
  form_id: string
  row: number
  fields: { name: string }[]
  is_answering: boolean
}

type Ask = (
  user: number,
  method: string,
  path: string,
  more?: { body?: object },
) => Promise<Answer | undefined>

/** What people answer for rows that wait, and what they were told about it. */
export class Answers {
  /** by our id of a question: the button that Rowbot said Dify has */
  readonly confirmed = new Map<string, string>()
  /** Dify's ids of questions that somebody has answered there */
  readonly inDify = new Set<string>()
  readonly faults: string[] = []

  constructor(
    private readonly world: World,
    private readonly ask: Ask,
    private readonly say: (line: string) => void,
  ) {}

  /** Somebody looks at what a task asks, and answers one question, or all that ask the same. */
  async byApi(taskId: string, user: number, { form, action, isForAll }: AnswerDecision & { act: 'answer' }) {
    const questions = await this.#questions(taskId, user)
    const question = questions[form % Math.max(questions.length, 1)]
    if (question) await this.#give(taskId, user, question, ACTIONS[action % ACTIONS.length] ?? '', isForAll)
  }

  /** The owner and an admin at once, with different answers. */
  async twice(taskId: string, user: number, form: number) {
    const questions = await this.#questions(taskId, user)
    const question = questions[form % Math.max(questions.length, 1)]
    if (!question) return
    const given = ACTIONS.map((action, i) => this.#give(taskId, i === 0 ? user : 0, question, action, false))
    await Promise.all(given)
  }

  /** Somebody presses a button of a question in a chat, and fills in the form that opens. */
  async inChat({ chat: number, who, message, button }: AnswerDecision & { act: 'answer-in-chat' }) {
    const chat = this.world.chat(number)
    const all = (await chat.messages()).filter(({ buttons }) => buttons.includes('Let others answer'))
    const at = all[message % Math.max(all.length, 1)]
    const labels = at?.buttons.filter((label) => BUTTONS.has(label)) ?? []
    const label = labels[button % Math.max(labels.length, 1)]
    if (!at || label === undefined) return
    this.say(`   ${label} in ${chat.name}`)
    await at.answer(label, who)
  }

  /** Somebody answers on Dify's own page. */
  inDifyItself(number: number): string {
    const { sandbox } = this.world
    const paused = sandbox.hits().filter(({ status }) => status === 'paused')
    const run = paused[number % Math.max(paused.length, 1)]
    const form = run?.forms.at(-1)
    if (!run || !form || form.expiresAt < Date.now()) return 'nothing waits'
    sandbox.answer(run.runId, { action: 'yes', inputs: { note: 'in Dify' } })
    this.inDify.add(form.id)
    return run.runId
  }

  /** The admin answers whatever waits, until nothing does. */
  async settle(taskId: string): Promise<void> {
    for (const question of await this.#questions(taskId, 0))
      if (!question.is_answering) await this.#give(taskId, 0, question, 'yes', false)
  }

  async #questions(taskId: string, user: number): Promise<Question[]> {
    const answer = await this.ask(user, 'GET', `/api/batch/${taskId}/waiting`)
    // `as`: our own API, by its schema.
    return answer?.status === 200 ? (answer.body as { items: Question[] }).items : []
  }

  async #give(taskId: string, user: number, question: Question, action: string, isForAll: boolean) {
    const { form_id: id, row } = question
    const inputs = Object.fromEntries(question.fields.map(({ name }) => [name, `${action} by ${user}`]))
    const answer = await this.ask(user, 'POST', `/api/batch/${taskId}/waiting/${id}`, {
      body: { action, inputs, for_all_alike: isForAll },
    })
    if (answer?.status !== 200) return
    const { rows } = answer.body as { rows: number[] } // as our own API says
    if (!rows.includes(row))
      this.faults.push(`row ${row} of ${taskId} was answered, and only ${rows.join()} is named`)
    const before = this.confirmed.get(id)
    if (before !== undefined)
      this.faults.push(`two were told that theirs is the answer for row ${row} of ${taskId}`)
    this.confirmed.set(id, action)
  }
}
