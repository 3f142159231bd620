import { sql } from 'kysely'
import { type DatabaseClock, databaseClock } from '../db/database-clock.ts'
import type { Db, Trx } from '../db/schema.ts'
import { Jobs, type LeaseTiming } from './jobs.ts'
import { PgBossQueue, RUNNER_LOCK, TASKS_CHANGED } from './pgboss.ts'
import type { Queue } from './queue.ts'
import type { RunnerOptions } from './running-tasks.ts'

export interface ClusterOptions {
  db: Db
  url: string
  /** for tests: other times */
  lease?: LeaseTiming | undefined
  onFault: (fault: unknown) => void
}

/** What the processes on one Postgres database share, besides its tables. */
export class Cluster {
  private constructor(
    private readonly options: ClusterOptions,
    /** theirs in common */
    readonly clock: DatabaseClock,
    private readonly jobs: Jobs,
  ) {}

  static async open(options: ClusterOptions): Promise<Cluster> {
    const { db, url, onFault, lease } = options
    const clock = await databaseClock(db)
    const jobs = await Jobs.open(db, { url, onFault, ...(lease && { lease }) })
    return new Cluster(options, clock, jobs)
  }

  /** Lets some process run the task, if the transaction is committed. */
  async enqueue(trx: Trx, taskId: string): Promise<void> {
    await this.jobs.send(taskId, trx)
  }

  /** Tells every process that a task waits or was changed. */
  readonly tell = async (): Promise<void> => {
    await sql`select pg_notify(${TASKS_CHANGED}, '')`.execute(this.options.db)
  }

  /** Whether any process runs tasks. */
  async hasRunner(): Promise<boolean> {
    const { rows } = await sql<{ is_free: boolean }>`
      select pg_try_advisory_xact_lock(${sql.lit(RUNNER_LOCK)}) as is_free`.execute(this.options.db)
    return rows[0]?.is_free === false
  }

  /** @param most the most tasks that this process runs at once */
  queue(options: RunnerOptions, most: number): Queue {
    const { url, lease } = this.options
    return new PgBossQueue({
      ...options,
      url,
      most,
      jobs: this.jobs,
      tellOthers: this.tell,
      ...(lease && { lease }),
    })
  }

  async close(): Promise<void> {
    this.clock.stop()
    await this.jobs.close()
  }
}
