import { constantFileNamed } from '../../engine/constant-files.ts'
import { sentFilesOf } from '../../files/pictures.ts'
import type { z } from 'zod'
import type { ErrorGroup } from '../../db/rows/error-groups.ts'
import type { LogEntry } from '../../db/tasks/logs.ts'
import type { StoredOutputFile } from '../../db/rows/output-files.ts'
import type { FormerAnswer } from '../../db/rows/former-answers.ts'
import type { ListedRow } from '../../db/rows/row-list.ts'
import type { NotificationRow } from '../../db/tasks/notifications.ts'
import { targetShown } from '../../app/notify-settings.ts'
import type { TaskPart } from '../../db/tasks/task-parts.ts'
import type { ListedTask } from '../../db/tasks/task-list.ts'
import type { Constant } from '../../engine/task.ts'
import type { Workflow } from '../../engine/workflow.ts'
import { flagText } from '../../engine/flag.ts'
import { limitText } from '../../engine/limits.ts'
import { priceJson } from '../../app/trial.ts'
import { decimalOf, type MoneySum, numberOf } from '../../engine/money.ts'
import { versionOf } from '../../engine/review.ts'
import { namesOf } from '../../wizard/columns.ts'
import type { InspectedDraft } from '../../wizard/direct.ts'
import type { FaultGroup, UploadFile } from '../../workbook/types.ts'
import type { Progress } from '../../app/progress.ts'
import { seedTask, seedUpload } from './seed.ts'
import type {
  MONEY_SUM,
  CELL_FAULT,
  CONSTANT,
  ERROR_GROUP,
  LOG_ENTRY,
  NOTIFICATION,
  OUTPUT_FILE,
  ROW,
  TASK,
  TASK_AND_COST,
  UPLOAD,
  WORKFLOW,
} from './shapes.ts'
import { inEnglish, type Sentence } from '../../engine/sentence.ts'

export type TaskJson = z.output<typeof TASK>
export type UploadJson = z.output<typeof UPLOAD>
export type TaskAndCostJson = z.output<typeof TASK_AND_COST>

/** What the JSON of a task needs besides the task. */
interface TaskJsonFacts {
  progress: Progress
  /** undefined: it runs, or waits to */
  workedMs: number | undefined
  /** app/sub-path.ts */
  subPath: string
}

function deletedJson(deleted: ListedTask['deleted']): TaskJson['deleted'] {
  const at = (part: TaskPart) => (deleted[part] === undefined ? null : iso(deleted[part]))
  return {
    upload: at('upload'),
    inputs: at('inputs'),
    outputs: at('outputs'),
    files: at('files'),
    log: at('log'),
  }
}

export function taskJson(task: ListedTask, { progress, workedMs, subPath }: TaskJsonFacts): TaskJson {
  const { total, done, failed, cancelled, left, waiting, share, perMinute, leftMs } = progress
  const json = {
    task_id: task.id,
    name: task.name,
    status: task.status,
    error: english(task.error),
    error_code: codeOf(task.error),
    workflow_id: task.workflowId,
    workflow_name: task.workflowName,
    file_name: task.fileName,
    sheet: task.sheet,
    constants: (task.constants ?? []).map(constantJson),
    owner: task.owner,
    platform: task.platform,
    link: task.link,
    concurrency: task.concurrency,
    retries: task.retries,
    timeout_seconds: task.timeoutSeconds,
    total,
    succeeded: done,
    failed,
    cancelled,
    left,
    waiting,
    left_out: task.leftOut,
    same_as_others: task.equal,
    carried: task.carried,
    deleted: deletedJson(task.deleted),
    compared: task.compared,
    progress: Math.floor(share * 100),
    rows_per_minute: task.status === 'running' ? Math.round((perMinute ?? 0) * 10) / 10 : null,
    seconds_left: leftMs === undefined ? null : Math.round(leftMs / 1000),
    limit: task.limit ? limitText(task.limit) : null,
    at_limit: task.atLimit,
    at_month_limit: task.atMonthLimit,
    pause_after_row: task.pauseAfter,
    worked_seconds: workedMs === undefined ? null : Math.round(workedMs / 100) / 10,
    created_at: iso(task.createdAt),
    started_at: isoOrNull(task.startedAt),
    finished_at: isoOrNull(task.finishedAt),
  }
  return { ...json, ...seedTask(json, subPath) }
}

function constantJson({ name, label, text, isDefault }: Constant): z.output<typeof CONSTANT> {
  return { input: name, label, value: text, is_default: isDefault === true }
}

/** @param files those among its outputs @param subPath app/sub-path.ts */
export function rowJson(row: ListedRow, files: StoredOutputFile[], subPath: string): z.output<typeof ROW> {
  return {
    row: row.row,
    // `as`: `left_out` appears only in results, never in a list of rows.
    status: row.status as z.output<typeof ROW>['status'],
    inputs: row.inputs,
    outputs: row.outputs,
    edited: Object.fromEntries(
      Object.entries(row.edits ?? {}).map(([name, { value, by, at }]) => [name, { value, by, at: iso(at) }]),
    ),
    kept: row.kept ? { by: row.kept.by, at: iso(row.kept.at) } : null,
    inputs_edited: Object.fromEntries(
      Object.entries(row.editedInputs ?? {}).map(([name, { from, by, at }]) => [
        name,
        { from, by, at: iso(at) },
      ]),
    ),
    outputs_from_before: row.fromBefore === true,
    version: versionOf(row),
    files: files.map((file) => outputFileJson(file, subPath)),
    flags: (row.flags ?? []).map((flag) => ({ output: flag.output, code: flag.code, text: flagText(flag) })),
    error: english(row.error),
    error_code: codeOf(row.error),
    warning: english(row.warning),
    attempts: row.attempts,
    seconds: row.seconds,
    tokens: row.tokens,
    ...priceJson(row),
    currency: row.currency,
    workflow_run_id: row.workflowRunId,
    as_row: row.asRow ?? null,
    origin: row.from ? { task_id: row.from.taskId, row: row.from.row } : null,
    attempted_at: isoOrNull(row.attemptedAt),
    finished_at: isoOrNull(row.finishedAt),
    retry_at: row.status === 'pending' && row.availableAt > 0 ? iso(row.availableAt) : null,
  }
}

/** What a row gave before it was run again. */
export function formerJson({ inputs, outputs, edits, workflowRunId, answeredAt, againAt, by }: FormerAnswer) {
  return {
    inputs,
    outputs,
    edited: Object.fromEntries(Object.entries(edits).map(([name, { value }]) => [name, value])),
    workflow_run_id: workflowRunId,
    answered_at: isoOrNull(answeredAt),
    again_at: iso(againAt),
    again_by: by,
  }
}

function outputFileJson(file: StoredOutputFile, subPath: string): z.output<typeof OUTPUT_FILE> {
  const { taskId, row, position, output, name, size, mimeType, status, error } = file
  const url = `${subPath}/api/batch/${taskId}/executions/${row}/files/${position}`
  return {
    output,
    name,
    size,
    mime_type: mimeType,
    status,
    error: english(error),
    url: status === 'fetched' ? url : null,
  }
}

/** Null: there is none, or it is only a text. */
function codeOf(sentence: Sentence | null): string | null {
  return sentence === null || typeof sentence === 'string' ? null : sentence.code
}

function english(sentence: Sentence | null): string | null {
  return sentence === null ? null : inEnglish(sentence)
}

export function logJson(entry: LogEntry): z.output<typeof LOG_ENTRY> {
  const { id, at, level, event, message, executionId, details } = entry
  const row = executionId === null ? null : Number(executionId.slice(executionId.lastIndexOf('.') + 1))
  return { id, at: iso(at), level, event, message: inEnglish(message), row, details }
}

export function notificationJson(row: NotificationRow): z.output<typeof NOTIFICATION> {
  const { channel, state, tries, error } = row
  return {
    channel,
    target: channel === 'folder' ? (row.content ?? '') : targetShown(row),
    state,
    tries,
    error,
    next_try_at: state === 'due' ? iso(row.try_at) : null,
    sent_at: isoOrNull(row.sent_at),
  }
}

export function errorGroupJson({ message, count, rows }: ErrorGroup): z.output<typeof ERROR_GROUP> {
  return { error: message, count, rows }
}

export function workflowJson(
  workflow: Workflow,
  { tasks, limitNow }: { tasks: number; limitNow: number | undefined },
): z.output<typeof WORKFLOW> {
  const { id, name, description, mode, baseUrl, enabled, limit, variables, syncedAt } = workflow
  return {
    workflow_id: id,
    id,
    name,
    description,
    mode,
    base_url: withoutCredentials(baseUrl),
    enabled,
    limit,
    per_minute: workflow.perMinute,
    tokens_per_minute: workflow.tokensPerMinute,
    limit_now: limitNow ?? limit,
    per_task: workflow.perTask ? limitText(workflow.perTask) : null,
    tasks,
    variables: variables.map((variable) => ({
      name: variable.name,
      label: variable.label,
      type: variable.type,
      required: variable.required,
      description: variable.description ?? null,
      max_length: variable.maxLength ?? null,
      options: variable.options ?? null,
      default: variable.default ?? null,
      attached: variable.attached ?? false,
    })),
    required_outputs: [...(workflow.requiredOutputs ?? [])],
    console_url: workflow.consoleUrl ?? null,
    synced_at: iso(syncedAt),
  }
}

/** @param file what was read for the draft */
export function uploadJson(
  { id, fileName, expiresAt, state }: InspectedDraft,
  { files, listsFiles = false }: Pick<UploadFile, 'files' | 'listsFiles'>,
): UploadJson {
  const { inspection: look, workflowId, constants = {} } = state
  const json = {
    upload_id: id,
    file_name: fileName,
    files: sentFilesOf({ files }).map(({ name, size, content }) => ({ name, size, content })),
    row_per_file: listsFiles,
    expires_at: iso(expiresAt),
    workflow_id: workflowId ?? null,
    sheets: look.sheets,
    sheet: look.sheet,
    heading_row: look.headingRow,
    headings: look.headings,
    rows: look.rows,
    good: look.good,
    bad: look.rows - look.good,
    same_as_others: look.equal,
    seen: look.earlier
      ? {
          task_id: look.earlier.taskId,
          created_at: iso(look.earlier.at),
          unchanged: look.earlier.unchanged,
          changed: look.earlier.changed,
          new: look.earlier.fresh,
          older_version: look.earlier.isOlder,
        }
      : null,
    mapping: namesOf(look.mapping, look.headings),
    constants,
    constant_files: (files ?? []).flatMap(({ name, size, content }) => {
      const named = constantFileNamed(name)
      return named ? [{ input: named.input, name: named.name, size, content }] : []
    }),
    defaults: Object.fromEntries(
      look.constants.filter(({ isDefault }) => isDefault).map(({ name, text }) => [name, text]),
    ),
    unused: look.unused,
    faults: look.faults.map(cellFaultJson),
    more_faults: look.moreFaults,
    preview: look.preview,
  }
  return { ...json, ...seedUpload(json) }
}

export function cellFaultJson(group: FaultGroup): z.output<typeof CELL_FAULT> {
  const { code, message, hint, cells, count, fatal, note, input } = group
  return {
    code,
    message: input === undefined ? message : `${input}: ${message}`,
    hint: hint ?? null,
    cells,
    count,
    stops: fatal ? 'sheet' : note ? 'nothing' : 'row',
  }
}

export function sumJson({ nano, currency, guessed }: MoneySum): z.output<typeof MONEY_SUM> {
  return { currency, price: numberOf(nano), amount: decimalOf(nano), estimated: guessed > 0 }
}

function iso(at: number): string {
  return new Date(at).toISOString()
}

function isoOrNull(at: number | null): string | null {
  return at === null ? null : iso(at)
}

/** The URL may contain a user name and a password. */
function withoutCredentials(address: string): string {
  if (!URL.canParse(address)) return address
  const url = new URL(address)
  if (url.username === '' && url.password === '') return address
  url.username = ''
  url.password = ''
  return url.href
}
