import { listAudit } from '../../src/db/tasks/audit.ts'
import { failedRowNumbers, listErrorGroups } from '../../src/db/rows/error-groups.ts'
import { countLogs, listLogs } from '../../src/db/tasks/logs.ts'
import { openSqlite } from '../../src/db/sqlite.ts'
import { durationSpread, settledPerBucket } from '../../src/db/stats/pace.ts'
import { listWork } from '../../src/db/stats/work.ts'
import { countRowsByStatus, findListedRow, listRowPage } from '../../src/db/rows/row-list.ts'
import type { Db } from '../../src/db/schema.ts'
import { countTasksByStatus, findListedTask, listTaskPage } from '../../src/db/tasks/task-list.ts'
import { totals } from '../../src/db/stats/totals.ts'
import { countTasksByWorkflow } from '../../src/db/workflows/workflows.ts'
import { quantile } from '../support/figures.ts'
import { tableText } from '../support/table.ts'
import { LARGE_TASK, SEEDED_AT, taskId, workflowId } from './seed-plan.ts'

/*
 * Measures each query of the page by itself, on a seeded database.
 * `bun bench/admin/queries.ts FILE [RUNS]`
 */
const [path = '', runs = '200'] = process.argv.slice(2)
const db = await openSqlite(path)
const FIRST = { limit: 50, offset: 0 }
const SMALL = taskId(7)
const HOUR_MS = 3_600_000

const QUERIES: Record<string, (db: Db) => Promise<unknown>> = {
  'tasks, first page': (db) => listTaskPage(db, {}, FIRST),
  'tasks, page 150': (db) => listTaskPage(db, {}, { limit: 50, offset: 7_450 }),
  'tasks, completed': (db) => listTaskPage(db, { statuses: ['completed'] }, FIRST),
  'tasks, completed, page 150': (db) =>
    listTaskPage(db, { statuses: ['completed'] }, { limit: 50, offset: 7_450 }),
  'tasks, failed': (db) => listTaskPage(db, { statuses: ['failed'] }, FIRST),
  'tasks, two states': (db) => listTaskPage(db, { statuses: ['failed', 'cancelled'] }, FIRST),
  'tasks, two states, common': (db) => listTaskPage(db, { statuses: ['completed', 'cancelled'] }, FIRST),
  'tasks, workflow': (db) => listTaskPage(db, { workflowId: workflowId(1) }, FIRST),
  'tasks, workflow, failed': (db) =>
    listTaskPage(db, { workflowId: workflowId(1), statuses: ['failed'] }, FIRST),
  'tasks, search, many': (db) => listTaskPage(db, { search: 'TRANSLATE' }, FIRST),
  'tasks, search, one': (db) => listTaskPage(db, { search: 'products-q3-77 ' }, FIRST),
  'tasks, search, none': (db) => listTaskPage(db, { search: 'nothing of this kind' }, FIRST),
  'one task': (db) => findListedTask(db, LARGE_TASK),
  'counts of tasks': (db) => countTasksByStatus(db),
  'counts of tasks, workflow': (db) => countTasksByStatus(db, { workflowId: workflowId(1) }),
  'counts of tasks, search': (db) => countTasksByStatus(db, { search: 'kettle' }),
  'rows, small task': (db) => listRowPage(db, SMALL, {}, FIRST),
  'rows, large task': (db) => listRowPage(db, LARGE_TASK, {}, FIRST),
  'rows, large, last page': (db) => listRowPage(db, LARGE_TASK, {}, { limit: 50, offset: 99_950 }),
  'rows, large, succeeded, last page': (db) =>
    listRowPage(db, LARGE_TASK, { statuses: ['succeeded'] }, { limit: 50, offset: 96_000 }),
  'rows, large, two states, deep': (db) =>
    listRowPage(db, LARGE_TASK, { statuses: ['succeeded', 'failed'] }, { limit: 50, offset: 99_000 }),
  'rows, small, search': (db) => listRowPage(db, SMALL, { search: 'kettle' }, FIRST),
  'rows, large, one error': (db) =>
    listRowPage(db, LARGE_TASK, { errors: ['The workflow failed: “The model refused the input.”'] }, FIRST),
  'rows, large, search': (db) => listRowPage(db, LARGE_TASK, { search: 'kettle 10000123' }, FIRST),
  'one row': (db) => findListedRow(db, LARGE_TASK, 50_000),
  'counts of rows, large': (db) => countRowsByStatus(db, LARGE_TASK),
  'errors, small': (db) => listErrorGroups(db, SMALL, 10),
  'errors, large': (db) => listErrorGroups(db, LARGE_TASK, 10),
  'rows of an error, large': (db) =>
    failedRowNumbers(db, LARGE_TASK, ['The workflow failed: “The model refused the input.”']),
  'pace, large, last hour': (db) =>
    settledPerBucket(db, LARGE_TASK, { from: SEEDED_AT + HOUR_MS, to: SEEDED_AT + 2 * HOUR_MS, buckets: 60 }),
  'pace, large, whole': (db) =>
    settledPerBucket(db, LARGE_TASK, { from: SEEDED_AT, to: SEEDED_AT + 80 * HOUR_MS, buckets: 60 }),
  'work, large': (db) => listWork(db, [LARGE_TASK], SEEDED_AT + 80 * HOUR_MS),
  'work, 50 tasks': (db) =>
    listWork(
      db,
      Array.from({ length: 50 }, (_, i) => taskId(i)),
      SEEDED_AT,
    ),
  'durations, small': (db) => durationSpread(db, SMALL),
  'durations, large': (db) => durationSpread(db, LARGE_TASK),
  'log, small': (db) => listLogs(db, { taskId: SMALL }),
  'log, large': (db) => listLogs(db, { taskId: LARGE_TASK }),
  'log of a row, large': (db) => listLogs(db, { taskId: LARGE_TASK, executionId: `${LARGE_TASK}.50000` }),
  'count of log, large': (db) => countLogs(db, { taskId: LARGE_TASK }),
  totals,
  'tasks of each workflow': countTasksByWorkflow,
  audit: (db) => listAudit(db),
}

const lines = [['query', 'p50 ms', 'p95 ms']]
for (const [name, query] of Object.entries(QUERIES)) {
  await query(db)
  const times: number[] = []
  for (let i = 0; i < Number(runs); i++) {
    const begun = performance.now()
    await query(db)
    times.push(performance.now() - begun)
  }
  lines.push([name, quantile(times, 0.5).toFixed(2), quantile(times, 0.95).toFixed(2)])
}
console.log(tableText(lines))
await db.destroy()
