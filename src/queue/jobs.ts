import { sql } from 'kysely'
import { fromKysely, PgBoss, systemClock } from 'pg-boss'
import type { Db, Trx } from '../db/schema.ts'
import { REAL_CLOCK } from '../engine/clock.ts'

/** How long a dead process keeps its tasks, and what asking about it costs. */
export interface LeaseTiming {
  /** a task whose process has not been heard of for so long is given to another; 10 or more, which is pg-boss's least */
  silentSeconds: number
  /** seconds between two looks for such tasks */
  superviseSeconds: number
  /** ms between two signs of life */
  beatMs: number
  /** ms between two looks for tasks, where no notification comes */
  pollMs: number
  /** ms between two looks for tasks that no job stands for */
  sweepMs: number
  /** ms after which a process lets a task go, so that its job never meets the 24 hours that pg-boss allows it */
  yieldMs: number
}

/** A dead process's tasks run on after 12 to 20 seconds. */
export const LEASE: LeaseTiming = {
  silentSeconds: 12,
  superviseSeconds: 3,
  beatMs: 3_000,
  pollMs: 2_000,
  sweepMs: 5_000,
  yieldMs: 3_600_000,
}

const QUEUE = 'tasks'
/** A job of it can be retried so often: each time that its process has left it, died or let it go. */
const RETRIES = 1_000_000
const DAY_SECONDS = 86_400
/** pg-boss's own, beside those of our queries. */
const CONNECTIONS = 2
const ANSWER_MS = 10_000

/** A task that this process is to run, for as long as it is heard of. */
export interface TaskJob {
  taskId: string
  /** which job, and which time that it was given to somebody */
  attempt: { id: string; retryCount: number }
}

/**
 * One job for each task that is to run: it wakes one process, and is given to another when that one is silent. What is to
 * be done, and who may write it, only the task's own row says.
 */
export class Jobs {
  private constructor(
    private readonly db: Db,
    private readonly boss: PgBoss,
  ) {}

  static async open(
    db: Db,
    { url, lease = LEASE, onFault }: { url: string; lease?: LeaseTiming; onFault: (fault: unknown) => void },
  ): Promise<Jobs> {
    const connection = {
      connectionString: url,
      max: CONNECTIONS,
      application_name: 'rowbot',
      keepAlive: true,
      // Of `pg`, as are all of these: a connection that says nothing any more is replaced.
      query_timeout: ANSWER_MS,
    }
    const boss = new PgBoss({
      ...connection,
      // By the machine's own, it would look for silent processes hours later when that is put back by hours.
      clock: { ...systemClock, now: () => REAL_CLOCK.monotonicNow() },
      // Whoever is first does it, in their stead too.
      supervise: true,
      schedule: false,
      registerInstance: false,
      superviseIntervalSeconds: lease.superviseSeconds,
      monitorIntervalSeconds: lease.superviseSeconds,
    })
    boss.on('error', onFault)
    await boss.start()
    await boss.createQueue(QUEUE, {
      policy: 'exclusive',
      heartbeatSeconds: lease.silentSeconds,
      expireInSeconds: DAY_SECONDS,
      retryLimit: RETRIES,
      retryDelay: 0,
      deleteAfterSeconds: DAY_SECONDS,
    })
    return new Jobs(db, boss)
  }

  /** Lets somebody run the task. @param trx the transaction that makes it wait: both, or neither */
  async send(taskId: string, trx: Trx | Db = this.db): Promise<void> {
    // Null when there is one already.
    await this.boss.send(QUEUE, { taskId }, { singletonKey: taskId, db: fromKysely(trx) })
  }

  /** The job that has waited longest. */
  async next(): Promise<TaskJob | undefined> {
    const [job] = await this.boss.fetch<{ taskId: string }>(QUEUE)
    return job && { taskId: job.data.taskId, attempt: { id: job.id, retryCount: job.retryCount } }
  }

  /** Says that this process is alive. False: some of these jobs have been given to somebody else. */
  async beat(jobs: readonly TaskJob[]): Promise<boolean> {
    if (jobs.length === 0) return true
    const attempts = jobs.map(({ attempt }) => attempt)
    const { affected }: { affected?: number } = await this.boss.touch(QUEUE, attempts)
    return affected === jobs.length
  }

  /** The task is not to run any more. */
  async end({ attempt }: TaskJob): Promise<void> {
    await this.boss.complete(QUEUE, attempt)
  }

  /** Gives the task back: whoever is first may have it. */
  async giveBack({ attempt }: TaskJob): Promise<void> {
    await this.boss.fail(QUEUE, attempt)
  }

  /** Tasks that are to run although no job stands for them. */
  async listForgotten(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      select t.id from batch_tasks t
      where t.status in ('pending', 'running') and not exists (
        select 1 from pgboss.job j
        where j.name = ${QUEUE} and j.singleton_key = t.id and j.state in ('created', 'retry', 'active'))`.execute(
      this.db,
    )
    return rows.map(({ id }) => id)
  }

  /** The tasks that some process has now. */
  async listHeld(): Promise<string[]> {
    const { rows } = await sql<{ id: string }>`
      select singleton_key as id from pgboss.job where name = ${QUEUE} and state = 'active'`.execute(this.db)
    return rows.map(({ id }) => id)
  }

  async close(): Promise<void> {
    await this.boss.stop({ graceful: false })
  }
}
