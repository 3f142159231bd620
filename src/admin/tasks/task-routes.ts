import { say } from '../../engine/sentence.ts'
import { shownFileName } from '../../engine/sheet-pictures.ts'
import { Elysia } from 'elysia'
import { z } from 'zod'
import { listLeftOut } from '../../db/rows/left-out.ts'
import { listLogs } from '../../db/tasks/logs.ts'
import { countRowsByStatus, type ListedRow } from '../../db/rows/row-list.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import { findUploadFile } from '../../db/drafts/upload-files.ts'
import { listResultFiles, namedOutputs } from '../../app/result-files.ts'
import { attachment } from '../http/download.ts'
import { filesZipResponse, outputFileResponse } from '../http/output-file.ts'
import { HttpFault } from '../http/fault.ts'
import { flaggedOf, findTaskFacts, taskPageFacts } from './facts.ts'
import type { AdminContext } from '../options.ts'
import { html, htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { livePartResponse } from '../view/live-part.ts'
import { ROW_PARAMS, rowPage } from './row-page.ts'
import { findRowPage } from './listed-rows.ts'
import { taskLive, taskSide } from './task-view.ts'
import { waitingFacts } from './waiting-routes.ts'
import { waitingPart } from './waiting-view.ts'
import { taskLog, type TaskLogFacts } from './log-view.ts'
import { taskRows, type TaskRowsFacts } from './rows-view.ts'
import { isolated } from '../view/value.ts'
import { withVisitor } from '../http/visitor.ts'
import {
  besideOf,
  LOGS_A_PAGE,
  ROWS_A_PAGE,
  rowsShown,
  TASK_QUERY,
  taskPath,
  type TaskQuery,
} from './task-query.ts'
import { liveButton } from './list-routes.ts'
import { MAX_ROW } from '../../workbook/row-ranges.ts'

/** How long viewers of the same rows, or of the same part of the log, share one answer. */
const PART_FRESH_MS = 4_000

/** One of the files among a row’s outputs. */
const OUTPUT_FILE_PARAMS = ROW_PARAMS.extend({ n: z.coerce.number().int().positive().max(MAX_ROW) })

const FILE_PARAMS = z.object({ id: z.string(), sha256: z.string() })

/** One task: its progress, errors, rows and log. */
export function taskPages(context: AdminContext) {
  const { db, cache, assets, clock } = context
  return new Elysia()
    .use(withVisitor())
    .get(
      '/batch/:id',
      async ({ visitor, params: { id }, query }) => {
        const facts = await taskPageFacts(id, context)
        const rows = await rowsFacts(facts.task, query)
        const log = await logFacts(facts.task, query)
        const waiting = await waitingFacts(id, context)
        return htmlResponse(
          page(assets, visitor, {
            title: facts.task.name,
            tab: 'tasks',
            main: html`<p><a href="/batch">← ${visitor.texts.page.task.back}</a></p>
              <div class="head">
                <h1>${isolated(facts.task.name)}</h1>
                ${liveButton(visitor)}
              </div>
              <div class="columns">
                <div>${taskLive(facts, visitor)}${waitingPart(waiting, visitor)}</div>
                <div>${taskSide(facts, visitor)}</div>
              </div>
              ${taskRows(rows, visitor)}${taskLog(log, visitor)}`,
          }),
        )
      },
      { query: TASK_QUERY },
    )
    .get('/batch/:id/live', async ({ visitor, params: { id }, request }) =>
      livePartResponse(request, taskLive(await taskPageFacts(id, context), visitor)),
    )
    .get(
      '/batch/:id/rows',
      async ({ visitor, params: { id }, query, request }) =>
        livePartResponse(
          request,
          taskRows(await rowsFacts(await findTaskFacts(id, context), query), visitor),
        ),
      { query: TASK_QUERY },
    )
    .get(
      '/batch/:id/log',
      async ({ visitor, params: { id }, query, request }) =>
        livePartResponse(request, taskLog(await logFacts(await findTaskFacts(id, context), query), visitor)),
      { query: TASK_QUERY },
    )
    .get('/batch/:id/files/:sha256', ({ params: { id, sha256 } }) => fileOf(id, sha256), {
      params: FILE_PARAMS,
    })
    .get('/batch/:id/files.zip', async ({ params: { id } }) =>
      filesZipResponse(await findTaskFacts(id, context), db, context.files),
    )
    .get(
      '/batch/:id/rows/:row/files/:n',
      async ({ params: { id, row, n } }) => {
        const files = await listResultFiles(db, id, [row])
        return outputFileResponse(
          files.find(({ position }) => position === n),
          context.files,
        )
      },
      { params: OUTPUT_FILE_PARAMS },
    )
    .get(
      '/batch/:id/rows/:row',
      ({ visitor, params, query }) => rowPage(context, visitor, { ...params, query: besideOf(query) }),
      { params: ROW_PARAMS, query: TASK_QUERY },
    )

  /** A file that came along with the task’s upload. */
  async function fileOf(id: string, sha256: string): Promise<Response> {
    const { uploadId } = await findTaskFacts(id, context)
    const file = await findUploadFile(db, uploadId, sha256)
    const bytes = file && (await context.files.open(sha256))
    if (!file || !bytes) throw new HttpFault('not_found', say('no-such-file'))
    // An attachment, whatever it is: it must not run as part of our page.
    return attachment(new Response(bytes).body, shownFileName(file.name), file.size)
  }

  function rowsFacts(task: ListedTask, query: TaskQuery): Promise<TaskRowsFacts> {
    return cache.get(
      `task:${task.id}:${task.status}:rows:${taskPath(task.id, query, { log: undefined })}`,
      PART_FRESH_MS,
      async () => {
        const counts = await countRowsByStatus(db, task.id)
        const shown = rowsShown(query)
        const flagged = await flaggedOf(task, context)
        const now = clock.now()
        if (shown === 'left-out') {
          const at = { limit: ROWS_A_PAGE, offset: ((query.page ?? 1) - 1) * ROWS_A_PAGE }
          const { rows: leftOut, total } = await listLeftOut(db, task.id, at)
          return { task, query, rows: [], leftOut, total, counts, flagged, error: undefined, now }
        }
        const { rows, total, error } = await findRowPage(task, query, context)
        return {
          task,
          query,
          rows: await withFileNames(task.id, rows),
          total,
          leftOut: [],
          counts,
          flagged,
          error,
          now,
        }
      },
    )
  }

  /** The outputs as the result has them: with the names of files in place of what Dify says of them. */
  async function withFileNames(id: string, rows: ListedRow[]): Promise<ListedRow[]> {
    const numbers = rows.map(({ row }) => row)
    const ofRow = Map.groupBy(await listResultFiles(db, id, numbers), ({ row }) => row)
    return rows.map((row) => {
      const files = ofRow.get(row.row)
      return files && row.outputs ? { ...row, outputs: namedOutputs(row.outputs, files) } : row
    })
  }

  function logFacts(task: ListedTask, query: TaskQuery): Promise<TaskLogFacts> {
    return cache.get(`task:${task.id}:${task.status}:log:${query.log ?? 1}`, PART_FRESH_MS, async () => {
      const offset = ((query.log ?? 1) - 1) * LOGS_A_PAGE
      const entries = await listLogs(db, { taskId: task.id, limit: LOGS_A_PAGE + 1, offset })
      return { task, query, entries: entries.slice(0, LOGS_A_PAGE), hasOlder: entries.length > LOGS_A_PAGE }
    })
  }
}
