import Database from 'better-sqlite3'
import { closeSync, fsyncSync, openSync } from 'node:fs'
import { openSqlite } from '../../src/db/sqlite.ts'
import { type Size, taskSpecs, WORKFLOWS, workflowId } from './seed-plan.ts'
import { rowInserter, taskInserter } from './seed-task.ts'

/**
 * Makes a database like a team’s after years of use, always the same. Uses the real schema but not the real queries,
 * which would take a hundred times as long.
 * @param path of a file that does not exist yet
 */
export async function seed(path: string, size: Size): Promise<void> {
  await (await openSqlite(path)).destroy()
  const sqlite = new Database(path)
  sqlite.pragma('synchronous = OFF') // if the machine crashes meanwhile, the database is made again
  sqlite.pragma('cache_size = -400000')

  sqlite.transaction(() => insertFrame(sqlite))()
  const insertTask = taskInserter(sqlite, rowInserter(sqlite))
  const insertAll = sqlite.transaction((specs: ReturnType<typeof taskSpecs>) => specs.forEach(insertTask))
  const specs = taskSpecs(size)
  for (let from = 0; from < specs.length; from += TASKS_A_COMMIT)
    insertAll(specs.slice(from, from + TASKS_A_COMMIT))
  sqlite.pragma('wal_checkpoint(TRUNCATE)')
  sqlite.close()
  // Else the first commit of the bench waits for all of it: 150 to 400 ms that no real database has.
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
}

const TASKS_A_COMMIT = 500

/** What every task refers to: the workflows and one upload. */
function insertFrame(sqlite: Database.Database): void {
  const workflow = sqlite.prepare(
    `insert into workflows (id, name, description, mode, base_url, api_key, key_hash, variables, file_limits,
       call_limit, enabled, created_at, synced_at)
     values (?, ?, '', 'workflow', 'http://127.0.0.1:1/v1', '', ?, '[]', '{}', 10, 1, 0, 0)`,
  )
  WORKFLOWS.forEach((name, i) => workflow.run(workflowId(i), name, `hash-${i}`))
  sqlite
    .prepare('insert into uploads (id, file_name, size, bytes, created_at) values (?, ?, 0, ?, 0)')
    .run('upload', 'products.xlsx', new Uint8Array())
}

if (import.meta.main) {
  const { FULL_SIZE } = await import('./seed-plan.ts')
  const [path = ''] = process.argv.slice(2)
  const begun = performance.now()
  await seed(path, FULL_SIZE)
  console.log(`${path}: ${((performance.now() - begun) / 1000).toFixed(1)} s`)
}
