import pino from 'pino'
import { sql } from 'kysely'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { addWorkflow } from '../../src/app/workflows.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import type { LeaseTiming } from '../../src/queue/jobs.ts'
import { startPostgres } from '../../test/support/postgres.ts'
import { withFolder } from '../support/folder.ts'
import { inputsOfRow, textOfRow } from '../support/rows.ts'
import { APP, type SandboxProcess, spawnSandbox } from '../support/sandbox.ts'
import { processTreeOf } from './postgres-cpu.ts'
import { startWorker, type WorkerProcess } from './worker-process.ts'

/** A Postgres, a Dify, and this process, which runs no task itself. */
export interface Cluster {
  bot: Rowbot
  workflow: Workflow
  sandbox: SandboxProcess
  /** Starts a process that runs tasks. @param tasksAtOnce default: as everywhere */
  worker(lease?: Partial<LeaseTiming>, tasksAtOnce?: number): Promise<WorkerProcess>
  submit(rows: number, concurrency: number): Promise<string>
  /** CPU time of the database's server since its start, ms; NaN where the system does not tell */
  postgresCpuMs(): number
  /** bytes of the write-ahead log since the beginning */
  walBytes(): Promise<number>
}

/** With flushes, as in use: every commit waits for the disk. */
const DURABLE = `
fsync = on
full_page_writes = on
shared_buffers = 256MB
`

/** Runs `action` with all of it, which ends afterwards. @param delayMs how long each run at Dify takes */
export async function withCluster<T>(delayMs: number, action: (cluster: Cluster) => Promise<T>): Promise<T> {
  const postgres = await startPostgres({ settings: DURABLE })
  const sandbox = await spawnSandbox(delayMs)
  const workers: WorkerProcess[] = []
  try {
    return await withFolder(async (folder) => {
      const env = {
        ROWBOT_DATA_DIR: folder,
        DATABASE_URL: postgres.url,
        ROWBOT_SECRET_KEY: 'a secret for the bench only',
        // Else the last rows of a killed worker would wait for Dify's queue, and that is not what is measured.
        DIFY_QUEUE_MINUTES: '0.02',
      }
      const bot = await Rowbot.open({ config: readConfig(env), log: pino({ level: 'silent' }) })
      const given = { baseUrl: sandbox.url, apiKey: APP.key, limit: 1_000 }
      const { workflow } = await addWorkflow(bot, { face: 'cli', name: 'bench', role: 'admin' }, given)
      const postgresTree = processTreeOf(await backendPid(bot))
      try {
        return await action({
          bot,
          workflow,
          sandbox,
          async worker(lease, tasksAtOnce) {
            const own = tasksAtOnce === undefined ? {} : { ROWBOT_TASKS_AT_ONCE: String(tasksAtOnce) }
            const worker = await startWorker({ ...env, ...own }, lease)
            workers.push(worker)
            return worker
          },
          submit: (rows, concurrency) => submitTask(bot, workflow, rows, concurrency),
          postgresCpuMs: postgresTree.cpuMs,
          walBytes: () => walBytes(bot),
        })
      } finally {
        await Promise.all(workers.map((worker) => worker.end()))
        await bot.close()
      }
    })
  } finally {
    await sandbox.stop()
    await postgres.remove()
  }
}

async function submitTask(
  bot: Rowbot,
  workflow: Workflow,
  rows: number,
  concurrency: number,
): Promise<string> {
  const { id } = await bot.engine.submit({
    parameters: { name: 'bench', concurrency, retries: 2, timeoutSeconds: 300 },
    workflow,
    upload: { fileName: 'bench.xlsx', bytes: new Uint8Array(1024) },
    sheet: 'Sheet1',
    headings: ['Text'],
    rows: Array.from({ length: rows }, (_, i) => ({
      row: i + 2,
      cells: [textOfRow(i + 2)],
      inputs: inputsOfRow(i + 2),
    })),
    leftOut: [],
    owner: 'bench',
  })
  return id
}

async function backendPid(bot: Rowbot): Promise<number> {
  const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(bot.db)
  return rows[0]?.pid ?? 0
}

async function walBytes(bot: Rowbot): Promise<number> {
  const { rows } = await sql<{ bytes: number }>`
    select cast(pg_current_wal_insert_lsn() - '0/0' as double precision) as bytes`.execute(bot.db)
  return rows[0]?.bytes ?? Number.NaN
}
