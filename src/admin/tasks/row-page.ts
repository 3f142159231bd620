import { say } from '../../engine/sentence.ts'
import { z } from 'zod'
import { variablesOf } from '../../app/new-inputs.ts'
import { listResultFiles } from '../../app/result-files.ts'
import { listWaitingForms } from '../../app/waiting-rows.ts'
import { listFormsOfRow } from '../../db/rows/forms.ts'
import { listFormerAnswers } from '../../db/rows/former-answers.ts'
import { findListedRow } from '../../db/rows/row-list.ts'
import { listRunsOfRow } from '../../db/runs/run-facts.ts'
import { logUrlOf } from '../../app/console-url.ts'
import { findWorkflow } from '../../db/workflows/workflows.ts'
import { listLogs } from '../../db/tasks/logs.ts'
import { HttpFault } from '../http/fault.ts'
import { isShown } from '../http/output-file.ts'
import type { Visitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { htmlResponse } from '../view/html.ts'
import { page } from '../view/layout.ts'
import { findTaskFacts, flaggedOf } from './facts.ts'
import type { TypedInputs } from './edit-inputs-view.ts'
import type { TypedEdit } from './review-view.ts'
import { findRowsBeside } from './listed-rows.ts'
import { rowArticle } from './row-view.ts'
import type { TaskQuery } from './task-query.ts'
import { MAX_ROW } from '../../workbook/row-ranges.ts'

const ATTEMPTS_SHOWN = 50

/** A row number in a URL. */
export const ROW_PARAMS = z.object({ id: z.string(), row: z.coerce.number().int().positive().max(MAX_ROW) })

/**
 * A row in full, on a page of its own.
 * @param about.query the sheet that it is opened from: its rows come before and after it
 * @param about.typed an edit that could not be saved, and `typedInputs` inputs that could not be taken: they stand in
 *   their fields
 */
export async function rowPage(
  context: AdminContext,
  visitor: Visitor,
  {
    id,
    row: number,
    query,
    typed,
    typedInputs,
  }: z.output<typeof ROW_PARAMS> & { query: TaskQuery; typed?: TypedEdit; typedInputs?: TypedInputs },
): Promise<Response> {
  const { db, assets } = context
  const task = await findTaskFacts(id, context)
  const row = await findListedRow(db, id, number)
  if (!row) throw new HttpFault('not_found', say('no-task-row', { task: id, row: number }))
  const executionId = `${id}.${number}`
  const files = (await listResultFiles(db, id, [number])).map(async (file) => ({
    ...file,
    isPicture: await isShown(file, context.files),
  }))
  const workflow = await findWorkflow(db, task.workflowId)
  const facts = {
    task,
    row,
    logUrl: workflow?.consoleUrl === undefined ? undefined : logUrlOf(workflow.consoleUrl),
    query,
    ...(await findRowsBeside(task, number, query, context)),
    attempts: await listLogs(db, { taskId: id, executionId, limit: ATTEMPTS_SHOWN }),
    runs: await listRunsOfRow(db, id, number),
    files: await Promise.all(files),
    waiting: await listWaitingForms({ db }, id, { row: number }),
    answers: await listFormsOfRow(db, executionId),
    next: row.flags ? await nextToLookAt() : undefined,
    typed,
    typedInputs,
    variables: await variablesOf(db, task.workflowId),
    former: await listFormerAnswers(db, id, number),
  }
  const title = `${visitor.texts.page.task.rowTitle(number)} · ${task.name}`
  const main = rowArticle(facts, visitor)
  return htmlResponse(page(assets, visitor, { title, tab: 'tasks', main }), typed || typedInputs ? 422 : 200)

  async function nextToLookAt(): Promise<number | undefined> {
    const { rows } = await flaggedOf(task, context)
    return rows.find((one) => one > number) ?? rows.find((one) => one !== number)
  }
}
