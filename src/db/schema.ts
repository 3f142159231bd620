import type { Generated, Kysely, Transaction } from 'kysely'
import type { ExecutionStatus, TaskStatus } from '../engine/states.ts'
import type { Learnt, CallStatus, StopReason } from '../engine/run.ts'
import type { AppMode } from '../engine/workflow.ts'

/*
 * One schema for SQLite and Postgres: ids TEXT and made by us, times BIGINT (milliseconds since 1970),
 * booleans 0 or 1, JSON as TEXT encoded by hand. Tables keep the seed's names.
 */
export interface Schema {
  workflows: WorkflowTable
  uploads: UploadTable
  batch_tasks: TaskTable
  task_executions: ExecutionTable
  runs: RunTable
  left_out_rows: LeftOutRowTable
  execution_logs: LogTable
  drafts: DraftTable
  remembered_mappings: RememberedMappingTable
  task_messages: TaskMessageTable
  audit_log: AuditTable
  idempotency_keys: IdempotencyKeyTable
  submissions: SubmissionTable
}

export type Db = Kysely<Schema>
export type Trx = Transaction<Schema>

export interface WorkflowTable {
  id: string
  name: string
  description: string
  mode: AppMode
  base_url: string
  /** encrypted, see secret-box.ts */
  api_key: string
  /** keyed hash of base URL and key: tells whether a key is known without decrypting */
  key_hash: string
  /** Variable[] */
  variables: string
  file_limits: string
  call_limit: number
  /** null: as many as get through */
  calls_per_minute: number | null
  tokens_per_minute: number | null
  enabled: number
  /** Access as JSON; null: everyone */
  access: string | null
  created_at: number
  synced_at: number
}

export interface UploadTable {
  id: string
  file_name: string
  size: number
  bytes: Uint8Array
  created_at: number
}

export interface TaskTable {
  id: string
  name: string
  workflow_id: string
  upload_id: string
  file_name: string
  sheet: string
  /** the last row of the headings, from 1; null: not known */
  heading_row: number | null
  /** string[] */
  headings: string
  status: TaskStatus
  epoch: number
  owner: string
  /** who may act on it: the key of a person (see drafts); null when nobody of a chat started it */
  owner_key: string | null
  nonce: string
  concurrency: number
  retries: number
  timeout_seconds: number
  /** rows beyond this one of the sheet wait until the task is resumed */
  pause_after: number | null
  /** the epoch that a person's last stop began: take-overs begin epochs, too */
  stopped_epoch: number | null
  error: string | null
  total: number
  /** kept with every settled row, so that a list of tasks counts nothing */
  succeeded: Generated<number>
  failed: Generated<number>
  cancelled: Generated<number>
  left_out: number
  created_at: number
  started_at: number | null
  finished_at: number | null
}

export interface ExecutionTable {
  id: string
  task_id: string
  row_number: number
  status: ExecutionStatus
  /** Cell[], the row as the person sent it */
  cells: string
  /** Inputs, what is sent */
  inputs: string
  /** Outputs */
  outputs: string | null
  warning: string | null
  error: string | null
  attempt: Generated<number>
  failures: Generated<number>
  throttles: Generated<number>
  /** since when it is turned away by Dify, call after call */
  turned_away_at: number | null
  available_at: Generated<number>
  attempted_at: number | null
  finished_at: number | null
  /** of the run that settled it; of an app that has only messages, the message's */
  workflow_run_id: string | null
  seconds: number | null
  /** over all attempts: each was paid */
  tokens: number | null
  price: number | null
  currency: string | null
}

/** One line for each call, written before it is made (engine/run.ts). Nothing in it is ever cleared. */
export interface RunTable {
  execution_id: string
  attempt: number
  task_id: string
  row_number: number
  user: string
  status: CallStatus
  /** null: it is open, or ended before runs were kept */
  learnt: Learnt | null
  sent_at: number
  accepted_at: number | null
  started_at: number | null
  heard_at: number | null
  lost_at: number | null
  /** when it was asked for first, by another claim than the one that sent it */
  asked_at: number | null
  stop_asked_at: number | null
  stop_reason: StopReason | null
  given_up_at: number | null
  ended_at: number | null
  workflow_run_id: string | null
  dify_task_id: string | null
  message_id: string | null
  tokens: number | null
  price: number | null
  currency: string | null
}

/** Rows that the check found faulty and the person chose not to run: kept for the result. */
export interface LeftOutRowTable {
  task_id: string
  row_number: number
  cells: string
  fault: string
}

export interface LogTable {
  id: Generated<number>
  task_id: string
  execution_id: string | null
  at: number
  level: 'info' | 'warn' | 'error'
  event: string
  message: string
  /** JSON object */
  details: string | null
}

export const DRAFT_STATUSES = ['reading', 'open', 'started', 'cancelled', 'expired', 'failed'] as const
export type DraftStatus = (typeof DRAFT_STATUSES)[number]

/** A wizard in progress, and for a while what became of it. */
export interface DraftTable {
  id: string
  /** names the sending of the file: several events of one sending are one draft */
  source: string
  owner_key: string
  /** JSON, as the wizard has it; so are place, state and message */
  owner: string
  place: string
  locale: string
  status: DraftStatus
  /** changes with every step: a click that has another one is of an old message */
  nonce: string
  /** changes with every write: two clicks at once do not undo each other */
  revision: number
  file_name: string
  upload_id: string | null
  state: string
  message: string | null
  task_id: string | null
  created_at: number
  expires_at: number
}

/** Which columns a person chose for a workflow and a set of headings, for the next time. */
export interface RememberedMappingTable {
  workflow_id: string
  /** the set of headings, in one order whatever theirs was */
  headings: string
  /** JSON: variable name → heading, or null for “leave empty” */
  mapping: string
  used_at: number
}

/** The one message of a task that shows how far it is. */
export interface TaskMessageTable {
  task_id: string
  /** JSON; so are place and message */
  owner: string
  place: string
  locale: string
  /** null: to be posted */
  message: string | null
  /** how many were posted so far: one that was deleted is posted anew */
  posts: Generated<number>
  /** what it shows, as a hash */
  shown: string | null
  /** `finished_at` of the end it shows, of the end its owner is being told of, and was told of */
  shown_end: number | null
  telling_end: number | null
  told_end: number | null
  /** 1: its place is gone */
  lost: Generated<number>
}

/** Who did what through the page or the API. It outlives what was done to: a target may be gone. */
export interface AuditTable {
  id: Generated<number>
  at: number
  who: string
  role: string
  /** page, api, … */
  face: string
  action: string
  /** id of a task or a workflow */
  target: string | null
  /** JSON object */
  details: string | null
}

/** Which draft a program’s request was about, so that the same request sent again does nothing twice. */
export interface IdempotencyKeyTable {
  key: string
  /** hash of what was asked for: the same key with another one is a mistake */
  fingerprint: string
  draft_id: string
  created_at: number
}

/** Rows are being written of a task that is not there yet: see submissions.ts. */
export interface SubmissionTable {
  task_id: string
  /** the last time; 0: given up, and its rows are being removed */
  written_at: number
}
