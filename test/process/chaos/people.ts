import { asSent } from '../../model/support/sheet.ts'
import { Answers, ASKS } from './answers.ts'
import { Commands } from './commands.ts'
import { Followers } from './followers.ts'
import type { Seen, StormyChat } from './chats.ts'
import type { Asks, Decision, PeopleDecision, TaskDecision } from './decisions.ts'
import type { Answer, World } from './world.ts'

/** A task that Rowbot has acknowledged: from then on it may not be lost. */
export interface Promised {
  id: string
  user: number
  /** what each row sends, by its number in the sheet */
  rows: Map<number, string>
  /** how often somebody wanted a row again that had an answer; also where no answer came to that */
  agains: Map<number, number>
  /** somebody wants it deleted; it may be gone */
  isDeleted: boolean
  /** rows that were seen with an answer */
  seen: Set<number>
}

/** What was asked, and perhaps never answered. Sent again with the same key it is the same task. */
interface Order {
  key: string
  user: number
  upload: string
  body: object
  rows: Map<number, string>
  task?: Promised
}

/** Buttons that lead on; others would only end what has begun. */
const FORWARD = ['Next', 'Start', 'Run all', 'Run', 'Resume']
/** What may be done to a task where it is told of. */
const ACTS = ['Pause', 'Resume', 'Stop', 'Retry']

const MOST_TRIES = 30
const TRY_AGAIN_MS = 300
const DROPPED_ROWS = 4
const NEWEST = 2

/** Three people with tokens of the API and one in each chat, and what they know. */
export class People {
  readonly orders: Order[] = []
  readonly tasks = new Map<string, Promised>()
  readonly faults: string[] = []
  /** names that the rows of the chat's workbooks have */
  readonly chatNames = new Set<string>()
  readonly answers: Answers
  readonly commands: Commands
  readonly followers: Followers
  readonly #under = new Set<Promise<unknown>>()
  #count = 0

  constructor(
    private readonly world: World,
    /** something is wrong with the disk or the database: a 500 may be an honest answer */
    private readonly mayFail: () => boolean,
    /** a line of what they do */
    private readonly say: (line: string) => void,
  ) {
    this.answers = new Answers(world, (...asked) => this.#ask(...asked), say)
    this.followers = new Followers(world)
    const promised = (task: Promised) => void (this.tasks.has(task.id) || this.tasks.set(task.id, task))
    this.commands = new Commands(world, mayFail, promised, say)
  }

  get live(): Promised[] {
    return [...this.tasks.values()].filter(({ isDeleted }) => !isDeleted)
  }

  /** Nobody waits for an answer any more. */
  async rest(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under)
  }

  /** Whoever follows a task that is over hears of that. */
  async restAtLast(): Promise<void> {
    await this.commands.rest()
    await this.followers.rest()
  }

  /** What they have found since the last time. */
  said(): string[] {
    return [this, this.answers, this.commands, this.followers].flatMap(({ faults }) => faults.splice(0))
  }

  /** People do not wait for each other. @returns what is done, for a person to read */
  do(decision: PeopleDecision): string | undefined {
    switch (decision.act) {
      case 'submit':
        this.#begin(this.#submit(decision))
        return undefined
      case 'resend': {
        const order = chosen(this.orders, decision.order)
        if (!order) return 'nothing to send again'
        this.#begin(this.#send(order))
        return order.key
      }
      case 'hostile':
        this.#begin(this.#sendHostile(decision.user, decision.what))
        return undefined
      case 'drop':
        return this.#drop(this.world.chat(decision.chat), decision.rows, decision.asks)
      case 'click':
        this.#begin(this.#click(decision, FORWARD))
        return undefined
      case 'act-in-chat':
        this.#begin(this.#click(decision, ACTS))
        return undefined
      case 'follow': {
        const task = chosen(this.live, decision.task)
        return task ? this.followers.begin(task, decision.againMs) : 'no task'
      }
      case 'command-run':
      case 'end-command':
        return this.commands.do(decision, undefined)
      case 'command':
        return this.commands.do(decision, chosen(this.live, decision.task)?.id)
      case 'answer': {
        const task = chosen(this.live, decision.task)
        if (!task) return 'no task'
        this.#begin(this.answers.byApi(task.id, this.#userFor(task, decision.user), decision))
        return task.id
      }
      case 'answer-twice': {
        const task = chosen(this.live, decision.task)
        if (!task) return 'no task'
        this.#begin(this.answers.twice(task.id, task.user, decision.form))
        return task.id
      }
      case 'answer-in-chat':
        this.#begin(this.answers.inChat(decision))
        return undefined
      case 'answer-in-dify':
        return this.answers.inDifyItself(decision.run)
      case 'pause':
      case 'resume':
      case 'stop':
      case 'retry':
      case 'delete':
      case 'again':
      case 'limit': {
        const task = chosen(this.live, decision.task)
        if (!task) return 'no task'
        this.#begin(this.#act(task, decision))
        return task.id
      }
    }
  }

  async #send(order: Order): Promise<Answer | undefined> {
    const { key, user, upload, body, rows } = order
    const answer = await this.#ask(user, 'POST', '/api/batch/execute', {
      body: { upload_id: upload, ...body },
      headers: { 'idempotency-key': key },
    })
    if (answer?.status === 422) this.faults.push(`${key} is refused: ${JSON.stringify(answer.body)}`)
    if (!answer || answer.status >= 300) return answer
    const { task_id: id } = answer.body as { task_id: string } // as our own API says
    if (order.task && order.task.id !== id && !order.task.isDeleted)
      this.faults.push(`the key ${key} gave the tasks ${order.task.id} and ${id}`)
    const known = this.tasks.get(id)
    order.task = known ?? { id, user, rows, agains: new Map(), isDeleted: false, seen: new Set() }
    this.tasks.set(id, order.task)
    return answer
  }

  /** All that were never acknowledged, once more: then it is known what there is. */
  async settleOrders(): Promise<void> {
    for (const order of this.orders) {
      let answer: Answer | undefined
      for (let time = 0; !order.task && time < MOST_TRIES; time++) {
        answer = await this.#send(order)
        if (!order.task) await Bun.sleep(TRY_AGAIN_MS)
      }
      if (!order.task) this.faults.push(`${order.key} gets no task: ${JSON.stringify(answer)}`)
    }
  }

  async look(task: Promised): Promise<void> {
    const answer = await this.#ask(task.user, 'GET', `/api/batch/${task.id}/status`)
    if (answer?.status === 404 && !task.isDeleted) this.faults.push(`task ${task.id} is not there any more`)
    if (answer?.status !== 200) return
    // `as`: our own API, by its schema.
    const counts = answer.body as Record<'total' | 'succeeded' | 'failed' | 'cancelled' | 'left', number>
    const { total, succeeded, failed, cancelled, left } = counts
    if (total !== succeeded + failed + cancelled + left || total !== task.rows.size)
      this.faults.push(`the counts of ${task.id} do not add up: ${JSON.stringify(counts)}`)
    await this.#lookAtRows(task)
  }

  async #lookAtRows(task: Promised): Promise<void> {
    const before = new Set(task.seen)
    const agains = new Map(task.agains)
    const answer = await this.#ask(task.user, 'GET', `/api/batch/${task.id}/executions?page_size=200`)
    if (answer?.status !== 200) return
    const { items } = answer.body as {
      items: { row: number; status: string; outputs: { answer?: string } | null }[]
    }
    for (const { row, status, outputs } of items) {
      if (status === 'succeeded') {
        if (outputs?.answer !== task.rows.get(row))
          this.faults.push(`row ${row} of ${task.id} has the answer ${outputs?.answer}`)
        task.seen.add(row)
      } else if (before.has(row) && agains.get(row) === task.agains.get(row) && !task.agains.has(row)) {
        this.faults.push(`row ${row} of ${task.id} had an answer and is ${status}`)
      }
    }
  }

  async #submit({
    user,
    rows: count,
    concurrency,
    sample,
    fails,
    asks,
  }: Decision & { act: 'submit' }): Promise<void> {
    const number = ++this.#count
    const rows = new Map<number, string>()
    const lines = ['Name,Features']
    for (let row = 2; row < count + 2; row++) {
      const name = `Lamp ${number}-${row}`
      const features = `kind ${row}${ASKS[asks]}`
      lines.push(`${name},"${features}"`)
      rows.set(row, asSent({ name, features }))
    }
    const form = new FormData()
    form.append('file', new Blob([`${lines.join('\n')}\n`]), `lamps-${number}.csv`)
    const upload = await this.#uploaded(user, form)
    if (upload === undefined) return
    const order = {
      key: `order-${number}`,
      user,
      upload,
      body: { concurrency, retries: fails, sample, timeout_seconds: 60 },
      rows,
    }
    this.orders.push(order)
    await this.#send(order)
  }

  /** Tries for as long as nobody is there. */
  async #uploaded(user: number, form: FormData): Promise<string | undefined> {
    for (let time = 0; time < MOST_TRIES; time++) {
      const uploaded = await this.#ask(user, 'POST', '/api/batch/upload', { body: form })
      // `as`: our own API, by its schema.
      if (uploaded && uploaded.status < 300) return (uploaded.body as { upload_id: string }).upload_id
      await Bun.sleep(TRY_AGAIN_MS)
    }
    return undefined
  }

  async #act(task: Promised, decision: TaskDecision): Promise<void> {
    const path = `/api/batch/${task.id}`
    const user = this.#userFor(task, decision.user)
    switch (decision.act) {
      case 'pause':
      case 'resume':
      case 'stop':
        await this.#ask(user, 'POST', `${path}/${decision.act}`)
        return
      case 'retry':
        await this.#ask(user, 'POST', `${path}/retry-failed`)
        return
      case 'delete':
        task.isDeleted = true
        await this.#ask(user, 'DELETE', path)
        return
      case 'again': {
        const row = chosen([...task.rows.keys()], decision.row) ?? 0
        task.agains.set(row, (task.agains.get(row) ?? 0) + 1) // before: the answer may be lost
        await this.#ask(user, 'POST', `${path}/run-again`, { body: { rows: [row] } })
        return
      }
      case 'limit': {
        const limit = decision.tokens === null ? null : `${decision.tokens} tokens`
        await this.#ask(user, 'PATCH', path, { body: { limit } })
        return
      }
    }
  }

  /** Others may not; the admin may. */
  #userFor(task: Promised, user: number): number {
    return user === task.user ? task.user : 0
  }

  async #sendHostile(user: number, what: number): Promise<void> {
    const { name, bytes } = HOSTILE[what % HOSTILE.length] ?? { name: '', bytes: new Uint8Array() }
    const form = new FormData()
    form.append('file', new Blob([Uint8Array.from(bytes)]), name)
    await this.#ask(user, 'POST', '/api/batch/upload', { body: form })
  }

  #drop(chat: StormyChat, count: number, asks: Asks): string {
    const number = ++this.#count
    const names = Array.from({ length: count }, (_, i) => `Vase ${number}-${i + 2}`)
    for (const name of names) this.chatNames.add(name)
    const csv = ['Name,Features', ...names.map((name) => `${name},"blue${ASKS[asks]}"`)].join('\n')
    this.#begin(chat.drop(new TextEncoder().encode(`${csv}\n`), `vases-${number}.csv`))
    return `vases-${number}.csv in ${chat.name}`
  }

  /** Somebody presses one of such buttons, on any message that has one. */
  async #click(
    { chat: number, message, button }: Decision & { act: 'click' | 'act-in-chat' },
    words: readonly string[],
  ): Promise<void> {
    const chat = this.world.chat(number)
    const labelsOf = ({ buttons }: Seen) =>
      buttons.filter((label) => words.some((word) => label.startsWith(word)))
    const all = (await chat.messages()).filter((one) => labelsOf(one).length > 0)
    // Often one of the newest: a wizard needs several clicks to its end.
    const at = chosen(message % 3 === 0 ? all : all.slice(-NEWEST), message)
    if (at) {
      const label = chosen(labelsOf(at), button) ?? ''
      this.say(`   ${label} in ${chat.name}`)
      at.click(label)
    } else if (words === FORWARD) this.#drop(chat, DROPPED_ROWS, button % 2 === 0 ? 'nothing' : 'buttons')
  }

  #begin(work: Promise<unknown>): void {
    const done = work.finally(() => this.#under.delete(done))
    this.#under.add(done)
  }

  async #ask(
    user: number,
    method: string,
    path: string,
    more: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer | undefined> {
    const couldFail = this.mayFail()
    const answer = await this.world.ask(method, path, { user, ...more })
    if (answer?.status === 500 && !couldFail && !this.mayFail())
      this.faults.push(`${method} ${path} answered 500: ${JSON.stringify(answer.body)}`)
    return answer
  }
}

function chosen<T>(all: readonly T[], number: number): T | undefined {
  return all.length === 0 ? undefined : all[number % all.length]
}

const text = (words: string) => new TextEncoder().encode(words)

/** Files that are not what they say, or do harm where they are believed. */
const HOSTILE: readonly { name: string; bytes: Uint8Array }[] = [
  { name: 'noise.xlsx', bytes: Uint8Array.from({ length: 5_000 }, (_, i) => (i * 7_919) % 251) },
  { name: 'torn.xlsx', bytes: text('PK\u0003\u0004 and nothing more') },
  { name: 'empty.csv', bytes: new Uint8Array() },
  { name: '../../../etc/passwd', bytes: text('Name,Features\nroot,x\n') },
  { name: 'formulas.csv', bytes: text('Name,Features\n"=HYPERLINK(""http://x"",""y"")",@SUM(1)\n') },
  { name: 'page.xls', bytes: text('<html><script>alert(1)</script></html>') },
  { name: 'wide.csv', bytes: text(`${'x,'.repeat(20_000)}\n`) },
  { name: 'nul.csv', bytes: text('Name,Features\nLamp\u0000,\u202Egnp.exe\n') },
  { name: 'unclosed.csv', bytes: text(`Name,Features\n"${'a\n'.repeat(2_000)}`) },
  { name: `${'n'.repeat(5_000)}.csv`, bytes: text('Name\nLamp\n') },
]
