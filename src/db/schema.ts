import type { Generated, Kysely, Transaction } from 'kysely'
import type { ExecutionStatus, TaskStatus } from '../engine/states.ts'
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
  left_out_rows: LeftOutRowTable
  execution_logs: LogTable
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
  enabled: number
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
  /** string[] */
  headings: string
  status: TaskStatus
  epoch: number
  owner: string
  nonce: string
  concurrency: number
  retries: number
  timeout_seconds: number
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
  attempt: number
  failures: number
  throttles: number
  unresolved: number
  available_at: number
  attempted_at: number | null
  finished_at: number | null
  workflow_run_id: string | null
  dify_task_id: string | null
  seconds: number | null
  /** over all attempts: each was paid */
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
