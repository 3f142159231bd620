import { CARD } from '../../../src/db/chats/question-cards.ts'
import { type Decision, isWeather, stepsOf, type WeatherDecision } from './decisions.ts'
import { People } from './people.ts'
import { tellStuck } from './stuck.ts'
import { secretsIn, tooManyAtDify, untrueAtRest } from './truth.ts'
import { World } from './world.ts'

export interface StormOptions {
  seed: number
  /** how long it goes on, as wall clock; what is at rest is checked after it */
  forMs?: number
  /** and at most so many steps */
  steps?: number
  /** a line for each */
  say?: (line: string) => void
}

export interface StormReport {
  steps: number
  kills: number
  tasks: number
  /** of tasks of the chat among them */
  fromChat: number
  runs: number
  /** what was not true, each with the step after which it showed */
  faults: string[]
  /** what the process said when it ended by itself */
  ends: string[]
  /** how often each thing was done */
  acts: Record<string, number>
  hasDisk: boolean
}

/** Between two rests: everything comes to its end there and is compared. */
const STEPS_TO_REST = 60
const REST_MS = 180_000
const LOOK_EVERY_MS = 100
/** After Postgres has been restarted: until everybody has a connection again. */
const CONNECTED_AGAIN_MS = 3_000

/** A storm on the whole product. The seed decides what happens; how far the product is by then is up to the machine. */
export async function storm(options: StormOptions): Promise<StormReport> {
  const { seed, forMs = Number.POSITIVE_INFINITY, steps = Number.POSITIVE_INFINITY } = options
  const isLong = forMs !== Number.POSITIVE_INFINITY
  const world = await World.begin({ hasDisk: isLong, hasWorkers: isLong })
  const run = new Storm(world, options.say ?? (() => {}))
  const endsAt = performance.now() + forMs
  for (const decision of FIRST) await run.step(decision)
  for (const decision of WIZARDS) {
    await Bun.sleep(WIZARD_STEP_MS)
    await run.step(decision)
  }
  for (const decision of MEANWHILE) await run.step(decision)
  for (const { decision, pauseMs } of stepsOf(seed)) {
    if (run.steps >= steps || performance.now() >= endsAt) break
    await Bun.sleep(pauseMs)
    await run.step(decision)
    if (run.steps % STEPS_TO_REST === 0) await run.rest()
    if (run.faults.length > MOST_FAULTS) break
  }
  await run.rest()
  await world.end()
  return run.report()
}

const MOST_FAULTS = 20
/** So that there is something to be hit. */
const FIRST: Decision[] = [
  { act: 'submit', user: 1, rows: 12, concurrency: 3, sample: 0, fails: 2, asks: 'nothing' },
  { act: 'submit', user: 2, rows: 12, concurrency: 5, sample: 0, fails: 1, asks: 'buttons' },
  { act: 'drop', chat: 0, rows: 4, asks: 'form' },
  { act: 'drop', chat: 1, rows: 3, asks: 'buttons' },
  { act: 'command-run', user: 1, isThere: true, rows: 4, concurrency: 1, asJson: false },
]
/** And a task in each chat: at random, few wizards come to their end. */
const WIZARDS: Decision[] = Array.from({ length: 14 }, (_, i) => ({
  act: 'click',
  chat: i,
  message: 1,
  button: 0,
}))
const WIZARD_STEP_MS = 200
/** A process dies while rows wait for people who answer, and commands wait for their tasks. */
const MEANWHILE: Decision[] = [
  { act: 'command-run', user: 0, isThere: false, rows: 4, concurrency: 2, asJson: true },
  { act: 'follow', task: 0, againMs: 500 },
  { act: 'answer-twice', task: 1, form: 0 },
  { act: 'answer-in-chat', chat: 0, who: 1, message: 0, button: 0 },
  { act: 'kill', machine: 0, times: 1, afterMs: 1 },
  { act: 'answer-in-chat', chat: 1, who: 1, message: 0, button: 0 },
  { act: 'answer', task: 1, user: 2, form: 1, action: 1, isForAll: false },
]

class Storm {
  steps = 0
  readonly faults: string[] = []
  readonly #people: People
  readonly #acts: Record<string, number> = {}
  /** trouble that passes by itself */
  readonly #passing = new Set<Promise<unknown>>()
  #failing = 0
  #looked = 0

  constructor(
    private readonly world: World,
    private readonly say: (line: string) => void,
  ) {
    this.#people = new People(world, () => this.#failing > 0, say)
  }

  async step(decision: Decision): Promise<void> {
    this.steps += 1
    this.#acts[decision.act] = (this.#acts[decision.act] ?? 0) + 1
    const what = isWeather(decision) ? undefined : this.#people.do(decision)
    this.say(`${this.steps}: ${JSON.stringify(decision)} ${what ?? ''}`)
    if (isWeather(decision)) await this.#happen(decision)
    this.#found(tooManyAtDify(this.world))
    const { live } = this.#people
    const task = live[this.#looked++ % Math.max(live.length, 1)]
    if (task) await this.#people.look(task)
    this.#found(this.#people.said())
  }

  /** What was broken is whole again, whoever waited goes on, and what is then must be true. */
  async rest(): Promise<void> {
    const { world } = this
    await Promise.all(this.#passing)
    await this.#people.rest()
    for (const machine of world.machines) {
      machine.thaw()
      machine.setClock(0)
    }
    world.network.heal()
    world.sandbox.behave()
    for (const chat of world.chats) chat.behave()
    await world.start()
    await this.#people.rest()
    await this.#people.settleOrders()
    const stuck = await this.#untilEnded()
    this.#found(stuck)
    await this.#people.restAtLast()
    if (stuck.length === 0) this.#found(await untrueAtRest(world, this.#people))
    this.#found(this.#people.said())
    this.#found(await secretsIn(world, `${world.said()}\n${this.#people.commands.said()}`))
    this.say(
      `at rest after ${this.steps} steps and ${world.kills} kills: ${this.#people.tasks.size} tasks, ${world.sandbox.hits().length} runs, ${this.faults.length} faults`,
    )
  }

  report(): StormReport {
    const { world, steps, faults } = this
    return {
      steps,
      kills: world.kills,
      tasks: this.#people.tasks.size,
      fromChat: new Set(
        world.sandbox
          .hits()
          .flatMap(({ inputs, user }) =>
            this.#people.chatNames.has(String(inputs['name'])) ? [user.slice(0, 43)] : [],
          ),
      ).size,
      runs: world.sandbox.hits().length,
      faults,
      ends: world.ends,
      acts: this.#acts,
      hasDisk: world.disk !== undefined,
    }
  }

  async #happen(decision: WeatherDecision): Promise<void> {
    const { world } = this
    switch (decision.act) {
      case 'kill': {
        const machine = world.machine(decision.machine)
        for (let time = 0; time < decision.times; time++) {
          await machine.kill()
          machine.spawn()
          await Bun.sleep(decision.afterMs)
        }
        // Now and then people find it while it starts.
        if (decision.afterMs % 4 !== 0) await machine.start()
        return
      }
      case 'end':
        await world.machine(decision.machine).end()
        return world.machine(decision.machine).start()
      case 'freeze':
        world.machine(decision.machine).freeze()
        await Bun.sleep(decision.ms)
        return world.machine(decision.machine).thaw()
      case 'freeze-long': {
        if (world.machines.length === 1) return // nobody would take its tasks
        const machine = world.machine(decision.machine)
        machine.freeze()
        world.leave()
        return this.#later(decision.ms, () => {
          world.leave() // what others have begun meanwhile comes on top of what it has
          machine.thaw()
        })
      }
      case 'restart-database': {
        this.#fails()
        const startAgain = await world.stopDatabase(decision.how)
        return this.#later(decision.ms, async () => {
          await startAgain()
          await Bun.sleep(CONNECTED_AGAIN_MS)
          this.#failing -= 1
        })
      }
      case 'lock': {
        this.#fails()
        const unlock = await world.lock()
        return this.#later(decision.ms, async () => {
          await unlock()
          this.#failing -= 1
        })
      }
      case 'fill': {
        this.#fails()
        const empty = world.fill()
        return this.#later(decision.ms, () => {
          empty()
          this.#failing -= 1
        })
      }
      case 'clock':
        return world.machine(decision.machine).setClock(decision.byMs)
      case 'faults': {
        const { fault, times, every } = decision
        return world.sandbox.misbehave(fault, { times, every })
      }
      case 'trouble': {
        const { trouble, back, ms } = decision
        await world.sandbox.cause(trouble)
        if (back) this.#later(ms, () => world.sandbox.cause(back))
        return
      }
      case 'answers':
        return world.sandbox.misbehave(decision.how, { route: 'form', times: decision.times })
      case 'unreachable':
        world.network.swallow()
        return this.#later(decision.ms, () => void world.network.heal())
      case 'chat':
        return world.chat(decision.chat).misbehave(decision.how, decision.times)
      case 'cut-chat':
        return world.chat(decision.chat).cut()
    }
  }

  /** Until it is whole again, what needs the disk or the database may fail. */
  #fails(): void {
    this.#failing += 1
    this.#people.commands.trouble()
  }

  #later(ms: number, work: () => unknown): void {
    const done = (async () => {
      await Bun.sleep(ms)
      await work()
    })().finally(() => this.#passing.delete(done))
    this.#passing.add(done)
  }

  /** Resumes what stands still until every row has an end. @returns which tasks never come to one */
  async #untilEnded(): Promise<string[]> {
    const { world } = this
    const endsAt = performance.now() + REST_MS
    for (;;) {
      const open = await this.#open()
      if (open.length === 0 && world.sandbox.hits().every(({ status }) => status !== 'running')) return []
      if (performance.now() > endsAt)
        return open.length === 0
          ? ['runs go on at the sandbox']
          : Promise.all(
              open.map(
                async (one) =>
                  `does not come to an end: ${JSON.stringify(one)}\n   ${await tellStuck(world, one.id)}`,
              ),
            )
      for (const { id, status, cancelled } of open) {
        if (status === 'running') await this.#people.answers.settle(id)
        // Where a stop has cancelled rows, and others were run again after it, some are left of a completed task.
        if (['pending', 'running'].includes(status) || (status === 'completed' && cancelled === 0)) continue
        await world.ask('PATCH', `/api/batch/${id}`, { body: { limit: null } })
        await world.ask('POST', `/api/batch/${id}/resume`)
      }
      await Bun.sleep(LOOK_EVERY_MS)
    }
  }

  /** Tasks that are not over, or whose thread does not have everything yet. */
  #open(): Promise<{ id: string; status: string; error: string | null; cancelled: number }[]> {
    return this.world.withDatabase(async (db) => {
      const tasks = await db
        .selectFrom('batch_tasks as t')
        .select(['t.id', 't.status', 't.error', 't.cancelled'])
        .where((eb) => eb.or([eb('t.status', '<>', 'completed'), eb('t.cancelled', '>', 0)]))
        .execute()
      const owed = await db
        .selectFrom('task_messages as m')
        .innerJoin('batch_tasks as t', 't.id', 'm.task_id')
        .select(['t.id', 't.status', 't.error', 't.cancelled'])
        .where((eb) =>
          eb.or([
            eb('m.told_end', 'is', null),
            eb('m.told_end', '<>', eb.ref('t.finished_at')),
            eb('m.shown_end', 'is', null),
            eb('m.shown_end', '<>', eb.ref('t.finished_at')),
          ]),
        )
        .execute()
      const due = await db
        .selectFrom('deliveries as d')
        .innerJoin('batch_tasks as t', 't.id', 'd.task_id')
        .select(['t.id', 't.status', 'd.error', 't.cancelled'])
        .where('d.state', 'in', ['due', 'sending'])
        .execute()
      const asking = await db
        .selectFrom('question_cards as c')
        .innerJoin('batch_tasks as t', 't.id', 'c.task_id')
        .select(['t.id', 't.status', 'c.error', 't.cancelled'])
        .where('c.ended', '<>', CARD.over)
        .execute()
      return [...tasks, ...owed, ...due, ...asking]
    })
  }

  #found(faults: string[]): void {
    for (const fault of faults) {
      const line = `after step ${this.steps}: ${fault}`
      this.faults.push(line)
      this.say(`✖ ${line}`)
    }
  }
}
