import { Cards } from './cards.ts'
import { IDLE_STATEMENTS_A_SECOND, ROW, STATEMENT_CPU_MS, TURN } from './costs.ts'
import { Events, Servers } from './events.ts'

export interface Scenario {
  tasks: number
  rowsOfTask: number
  /** rows of a task at once */
  lanes: number
  workers: number
  /** tasks at once in a worker */
  tasksAtOnce: number
  postgresCores: number
  /** runs that Dify has going at once */
  difySlots: number
  /** mean of a run */
  rowSeconds: number
  /** workspaces that the tasks come from, in turns; each has its own limit */
  workspaces: number
  editsAMinute: number
}

export interface Outcome {
  seconds: number
  rows: number
  /** shares of what there is, 0 to 1 */
  busy: { dify: number; postgres: number; workers: number; slack: number }
  walBytesASecond: number
  /** from a row's answer to the next call of its lane, ms; without Dify's queue */
  turnMs: { median: number; p99: number }
  rowsOfTurn: number
  /** what rows waited for, ms in the mean */
  waitedMs: { dify: number; postgres: number; workers: number }
  /** for which the card of a task that ran showed something old, at the most */
  stalestCardSeconds: number
}

interface Worker {
  cpu: Servers
  /** rows that are to be written in its next transaction */
  waiting: { since: number; done: () => void }[]
  isWriting: boolean
}

interface RunningTask {
  worker: Worker
  cards: Cards
  number: number
  /** rows that have not begun */
  left: number
  lanes: number
}

/** @param random from 0 to 1; the same numbers make the same outcome */
export function simulate(scenario: Scenario, random: () => number): Outcome {
  return new World(scenario, random).outcome()
}

class World {
  readonly #events = new Events()
  readonly #dify: Servers
  readonly #postgres: Servers
  readonly #workers: Worker[]
  readonly #cards: Cards[]
  readonly #turnsMs: number[] = []
  #transactions = 0
  #rows = 0
  #begun = 0

  constructor(
    private readonly scenario: Scenario,
    private readonly random: () => number,
  ) {
    const { difySlots, postgresCores, workers, workspaces, editsAMinute } = scenario
    this.#dify = new Servers(this.#events, difySlots)
    this.#postgres = new Servers(this.#events, postgresCores)
    this.#cards = Array.from({ length: workspaces }, () => new Cards(this.#events, editsAMinute))
    this.#workers = Array.from({ length: workers }, () => ({
      cpu: new Servers(this.#events, 1),
      waiting: [],
      isWriting: false,
    }))
  }

  outcome(): Outcome {
    const { workers, tasksAtOnce, postgresCores, difySlots, editsAMinute, workspaces } = this.scenario
    // The process with the fewest tasks takes the next one.
    for (let round = 0; round < tasksAtOnce; round++)
      for (const worker of this.#workers) this.#takeTask(worker)
    this.#events.run()
    const ms = this.#events.now
    const idleMs = (workers * IDLE_STATEMENTS_A_SECOND * STATEMENT_CPU_MS * ms) / 1000
    const workersMs = this.#workers.reduce((sum, { cpu }) => sum + cpu.busyMs, 0)
    const edits = this.#cards.reduce((sum, cards) => sum + cards.edits, 0)
    const sorted = this.#turnsMs.toSorted((a, b) => a - b)
    return {
      seconds: ms / 1000,
      rows: this.#rows,
      busy: {
        dify: this.#dify.busyMs / (ms * difySlots),
        postgres: (this.#postgres.busyMs + idleMs) / (ms * postgresCores),
        workers: workersMs / (ms * workers),
        slack: edits / ((ms / 60_000) * editsAMinute * workspaces),
      },
      walBytesASecond: (this.#rows * ROW.walBytes) / (ms / 1000),
      turnMs: {
        median: sorted[Math.floor(sorted.length / 2)] ?? 0,
        p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      },
      rowsOfTurn: this.#rows / this.#transactions,
      waitedMs: {
        dify: this.#dify.waitedMs / this.#rows,
        // A transaction that waits keeps all rows waiting that want to be in the next one.
        postgres: (this.#postgres.waitedMs * this.#rows) / this.#transactions / this.#transactions,
        workers: this.#workers.reduce((sum, { cpu }) => sum + cpu.waitedMs, 0) / this.#rows,
      },
      stalestCardSeconds: Math.max(...this.#cards.map(({ stalestMs }) => stalestMs)) / 1000,
    }
  }

  #takeTask(worker: Worker): void {
    const { tasks, lanes, rowsOfTask, workspaces } = this.scenario
    if (this.#begun === tasks) return
    const number = this.#begun++
    const cards = this.#cards[number % workspaces]
    if (!cards) return
    cards.begin(number)
    const task: RunningTask = { worker, cards, number, left: rowsOfTask, lanes }
    for (let lane = 0; lane < lanes; lane++) this.#write(task)
  }

  /** Settles the last row of a lane, if it had one, and claims the next one. */
  #write(task: RunningTask): void {
    const { worker } = task
    worker.cpu.work(ROW.workerCpuMs, () => {
      worker.waiting.push({ since: this.#events.now, done: () => this.#call(task) })
      if (!worker.isWriting) this.#commit(worker)
    })
  }

  /** What waits is written in one transaction; what comes meanwhile, in the next one. */
  #commit(worker: Worker): void {
    const jobs = worker.waiting
    worker.waiting = []
    worker.isWriting = true
    this.#transactions++
    const trips = TURN.roundTrips + TURN.roundTripsOfRow * jobs.length
    this.#postgres.work(ROW.postgresCpuMs * jobs.length, () =>
      this.#events.after(trips * TURN.roundTripMs + TURN.flushMs, () => {
        worker.isWriting = false
        for (const { since, done } of jobs) {
          this.#turnsMs.push(this.#events.now - since)
          done()
        }
        if (worker.waiting.length > 0 && !worker.isWriting) this.#commit(worker)
      }),
    )
  }

  #call(task: RunningTask): void {
    if (task.left > 0) {
      task.left--
      this.#dify.work(this.#runMs(), () => {
        this.#rows++
        this.#write(task)
      })
      return
    }
    task.lanes--
    if (task.lanes > 0) return
    task.cards.end(task.number)
    this.#takeTask(task.worker)
  }

  /** Log-normal, as the times of answers are. */
  #runMs(): number {
    const normal = Math.sqrt(-2 * Math.log(1 - this.random())) * Math.cos(2 * Math.PI * this.random())
    return this.scenario.rowSeconds * 1000 * Math.exp(SIGMA * normal - SIGMA ** 2 / 2)
  }
}

/** With it the median is 0.8 of the mean, and one run of a hundred takes 3.7 times the mean. */
const SIGMA = 0.65
