import { insertEdits, listEditsElsewhere, type NotedEdits } from '../db/chats/shared-edits.ts'
import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import { Budgets, WINDOW_MS } from './budget.ts'

export interface SharedBudgetsOptions {
  db: Db
  clock: Clock
  /** only the machine that sends progress has to know what the others use up */
  isLeading: () => boolean
  onFault: (fault: unknown) => void
}

const EVERY_MS = 1_000

/**
 * Budgets over all machines. A click is answered by the machine that it reaches, at once; what it takes is told to the
 * one that edits progress, which gets what is left. It may be told a second late: the budget is a fifth below the limit.
 */
export class SharedBudgets {
  readonly budgets: Budgets
  readonly #machine = crypto.randomUUID()
  #noted = new Map<string, { edits: number; holdUntil: number }>()
  #cancel = () => {}
  #exchanging: Promise<void> | undefined
  #stopped = false

  constructor(private readonly options: SharedBudgetsOptions) {
    this.budgets = new Budgets(options.clock, (workspace, { edits, holdMs }) => {
      const before = this.#noted.get(workspace) ?? { edits: 0, holdUntil: 0 }
      const holdUntil = holdMs > 0 ? options.clock.monotonicNow() + holdMs : 0
      this.#noted.set(workspace, {
        edits: before.edits + edits,
        holdUntil: Math.max(before.holdUntil, holdUntil),
      })
    })
  }

  start(): void {
    this.#exchanging = this.#exchange()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#exchanging
  }

  async #exchange(): Promise<void> {
    await this.#tellAndAsk().catch(this.options.onFault)
    if (!this.#stopped) this.#cancel = this.options.clock.after(EVERY_MS, () => this.start())
  }

  async #tellAndAsk(): Promise<void> {
    const { db, clock, isLeading } = this.options
    const now = clock.monotonicNow()
    const noted = [...this.#noted].map(([workspace, { edits, holdUntil }]): NotedEdits => ({
      workspace,
      edits,
      holdMs: Math.max(0, holdUntil - now),
    }))
    this.#noted = new Map()
    await insertEdits(db, this.#machine, noted)
    if (isLeading()) this.budgets.elsewhere(await listEditsElsewhere(db, this.#machine, WINDOW_MS))
  }
}
