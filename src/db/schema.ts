import type { Generated, Kysely, Transaction } from 'kysely'
import type { ExecutionStatus, TaskStatus } from '../engine/states.ts'
import type { Learnt, CallStatus, StopReason } from '../engine/run.ts'
import type { FormStatus } from '../engine/form.ts'
import type { OutputFileStatus } from '../engine/output-files.ts'
import type { Nano } from '../engine/money.ts'
import type { AppMode } from '../engine/workflow.ts'

/*
 * One schema for SQLite and Postgres: ids are TEXT and made by us, times BIGINT (milliseconds since 1970), booleans 0
 * or 1, JSON is TEXT that we encode ourselves. Amounts of money are BIGINT in columns whose names end in `_nano`.
 */
export interface Schema {
  workflows: WorkflowTable
  uploads: UploadTable
  upload_files: UploadFileTable
  batch_tasks: TaskTable
  comparisons: ComparisonTable
  task_executions: ExecutionTable
  runs: RunTable
  former_answers: FormerAnswerTable
  output_files: OutputFileTable
  forms: FormTable
  left_out_rows: LeftOutRowTable
  execution_logs: LogTable
  drafts: DraftTable
  remembered_mappings: RememberedMappingTable
  remembered_constants: RememberedConstantTable
  task_messages: TaskMessageTable
  deliveries: DeliveryTable
  question_cards: QuestionCardTable
  review_cards: ReviewCardTable
  result_links: ResultLinkTable
  notifications: NotificationTable
  audit_log: AuditTable
  idempotency_keys: IdempotencyKeyTable
  submissions: SubmissionTable
  chat_arrivals: ChatArrivalTable
  usage: UsageTable
  month_limits: MonthLimitTable
  imported_apps: ImportedAppTable
  access_tokens: AccessTokenTable
  sessions: SessionTable
  workflow_throttles: WorkflowThrottleTable
  workflow_shares: WorkflowShareTable
  leases: LeaseTable
  chat_edits: ChatEditTable
  stored_files: StoredFileTable
  stored_file_chunks: StoredFileChunkTable
  shared_values: SharedValueTable
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
  /** keyed hash of base URL and key: finds a known key without decrypting */
  key_hash: string
  /** Variable[] */
  variables: string
  file_limits: string
  call_limit: number
  /** null: no limit of ours */
  calls_per_minute: number | null
  tokens_per_minute: number | null
  enabled: number
  /** Access as JSON; null: everyone */
  access: string | null
  /** the published version that a run was last seen of, by Dify's id, and when that run was sent; null: none was */
  version: Generated<string | null>
  version_at: Generated<number | null>
  /** the version that was seen last when the app was last synced, or its first one; null: none was seen then */
  version_synced: Generated<string | null>
  /** when Dify was last asked what the app is; null: before this column existed */
  checked_at: Generated<number | null>
  /** App as Dify described it then, if that was only a check; null: as it is stored here */
  checked_app: Generated<string | null>
  /** why Dify did not answer then; the same by code: see sentences.ts */
  check_error: Generated<string | null>
  check_error_sentence: Generated<string | null>
  /** since when it is known to pause for a person; null: no run of it has done so */
  pauses_since: Generated<number | null>
  /** of Dify, as its server last named it; null: it did not */
  server_version: Generated<string | null>
  /** string[]: the outputs without which a row has failed; null: none */
  required_outputs: Generated<string | null>
  /** how much a new task may cost unless its owner says otherwise, as limitText writes it; null: as much as it does */
  per_task: Generated<string | null>
  /** of the app in Dify's own pages, as appPageOf writes it; null: nobody has said */
  console_url: Generated<string | null>
  created_at: number
  synced_at: number
}

/** The roles of the page and the API: see app/actor.ts. */
export type AccessRole = 'admin' | 'runner' | 'viewer'

/** As which workflow an app was last imported. That may be gone, or have another key by now. */
export interface ImportedAppTable {
  base_url: string
  app_id: string
  workflow_id: string
}

export interface AccessTokenTable {
  id: string
  /** of those that are not revoked, each has its own */
  name: string
  /** SHA-256 of the token, which is random: the database has no more of it */
  token_hash: string
  role: AccessRole
  made_at: number
  made_by: string
  /** to the minute; null: never */
  used_at: number | null
  revoked_at: number | null
  revoked_by: string | null
}

export interface SessionTable {
  /** SHA-256 of what the cookie has */
  id_hash: string
  /** what it was opened with, so that another admin token, say, ends it: see admin/sign-in/session.ts */
  opened_with: string
  /** null: it was not opened with a named token */
  token_id: string | null
  /** the id of the person on the page: see messages/people.ts */
  person_id: string
  name: string
  role: AccessRole
  made_at: number
  /** to the minute */
  seen_at: number
  ends_at: number
}

export interface UploadTable {
  id: string
  file_name: string
  size: number
  bytes: Uint8Array
  created_at: number
  /** 1: nobody sent this table; Rowbot made it, with a row for each file of the upload */
  lists_files: Generated<number>
  /** 1: `bytes` are encrypted; `size` is that of the file */
  encrypted: Generated<number>
}

/** A file that came along with an upload. */
export interface UploadFileTable {
  upload_id: string
  position: number
  name: string
  sha256: string
  size: number
  content: string | null
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
  /** the same, sorted */
  heading_set: Generated<string | null>
  /** Constant[]; null: none */
  constants: Generated<string | null>
  status: TaskStatus
  epoch: number
  owner: string
  /** who may act on it: the key of a person (see drafts); null when it was not started in a chat */
  owner_key: string | null
  nonce: string
  concurrency: number
  retries: number
  timeout_seconds: number
  /** some rows are tried first (`trial`), the last of which is this one; the others wait until the task is resumed */
  pause_after: number | null
  /** the epoch that a person's last stop began; a stop and a take-over both begin one */
  stopped_epoch: number | null
  /** where the command line writes its result; null: it was not started there */
  result_place: Generated<string | null>
  /** how often in a row it was taken from a dead runner without a row having ended */
  take_overs: Generated<number>
  /** how many rows had ended when it was last taken */
  settled_then: Generated<number>
  error: string | null
  /** how much it may cost: with a currency, or in tokens; all null: as much as it does */
  limit_nano: Generated<Nano | null>
  limit_currency: Generated<string | null>
  limit_tokens: Generated<number | null>
  /** by how much one click raises it, in billionths of the currency or in tokens: the first limit that it had */
  limit_step_nano: Generated<Nano | null>
  /** why it is paused, if one more call would not fit: see AT_LIMIT */
  at_limit: Generated<number>
  /** the same by code and parameters: see sentences.ts; null: only the text is known */
  error_sentence: Generated<string | null>
  total: number
  /** updated with every settled row, so that a list of tasks need not count rows */
  succeeded: Generated<number>
  failed: Generated<number>
  cancelled: Generated<number>
  /** of the rows that are not settled: how many wait for a person */
  waiting: Generated<number>
  left_out: number
  /** 1: besides its owner and admins, anybody of its thread may answer for its rows */
  others_may_answer: Generated<number>
  /** how many rows had succeeded when their outputs were last judged; null: never, or some have changed since */
  judged: number | null
  /** number[], from 0: the columns that name a row; empty: all do */
  key_columns: string | null
  /** 1: a person chose them */
  key_chosen: Generated<number>
  /** how many rows send the same as one before them, and so are not called; null: every row is called */
  equal_rows: number | null
  /** how many rows came with their answers from an earlier task */
  carried: Generated<number>
  /** NotifyChoice as JSON; null: as the settings say */
  notify: string | null
  /** `finished_at` of the last end that was handed over to `notifications` */
  notified_end: number | null
  /** when each part was deleted because it was old (deletions.ts); null: it was not */
  upload_deleted_at: Generated<number | null>
  inputs_deleted_at: Generated<number | null>
  outputs_deleted_at: Generated<number | null>
  files_deleted_at: Generated<number | null>
  log_deleted_at: Generated<number | null>
  /** 1: of a part that is marked so, not everything is deleted yet */
  deleting: Generated<number>
  created_at: number
  started_at: number | null
  finished_at: number | null
}

/** Two tasks that run the same rows through two workflows. */
export interface ComparisonTable {
  task_a: string
  task_b: string
  /** the one that went on with all rows; null: none has, and whatever is done to one is done to both */
  chosen: string | null
}

export interface ExecutionTable {
  id: string
  task_id: string
  row_number: number
  status: ExecutionStatus
  /** Cell[], the row as the person sent it */
  cells: string
  /** Inputs, as sent to Dify */
  inputs: string
  /** Outputs */
  outputs: string | null
  warning: string | null
  /** see sentences.ts; so is error_sentence */
  warning_sentence: Generated<string | null>
  error: string | null
  error_sentence: Generated<string | null>
  attempt: Generated<number>
  failures: Generated<number>
  throttles: Generated<number>
  /** since when Dify has refused every call */
  turned_away_at: number | null
  available_at: Generated<number>
  attempted_at: number | null
  finished_at: number | null
  /** of the run that settled the row; the message's id if the app has only messages */
  workflow_run_id: string | null
  seconds: number | null
  /** the sum over all attempts: each was paid */
  tokens: number | null
  price_nano: Nano | null
  currency: string | null
  /** Flag[]; null: nothing to look at */
  flags: string | null
  /** see engine/input-hash.ts; null: from before there were hashes */
  input_hash: string | null
  key_hash: string | null
  /** the version of the workflow that gave the outputs; null: Dify does not say */
  workflow_version: string | null
  /** number of the row whose answer this one takes, because both send the same; null: it is called itself */
  leader: number | null
  /** where the outputs were carried over from: id of a task, which may be deleted, and number of a row */
  origin_task: string | null
  origin_row: number | null
  /** 1: it is among the rows that are tried before the others */
  trial: Generated<number>
  /** Edits (engine/review.ts) of these outputs; null: there are none. New outputs have none */
  edited_outputs: string | null
  /** Kept; null: nobody has said that they are right */
  kept: string | null
  /** EditedInputs (engine/task.ts) of `inputs`; null: they are as the file has them */
  edited_inputs: string | null
  /** 1: the outputs are an answer from before the row was to run again */
  from_before: Generated<number>
}

/** What a row had given when somebody let it run again. No line is ever changed. */
export interface FormerAnswerTable {
  id: Generated<number>
  execution_id: string
  /** Inputs, as they were sent for it */
  inputs: string
  outputs: string
  /** Edits of these outputs */
  edited_outputs: string | null
  workflow_run_id: string | null
  workflow_version: string | null
  answered_at: number | null
  /** when, and by whom, the row was to run again */
  again_at: number
  again_by: string
}

/** One line for each call, written before the call is made (engine/run.ts). No value is ever cleared. */
export interface RunTable {
  execution_id: string
  attempt: number
  task_id: string
  row_number: number
  user: string
  status: CallStatus
  /** null: it is open, or it ended before this table existed */
  learnt: Learnt | null
  sent_at: number
  /** only of a call with files to upload: since when, and when the run itself was asked for */
  uploading_at: number | null
  posted_at: number | null
  accepted_at: number | null
  started_at: number | null
  heard_at: number | null
  lost_at: number | null
  /** when another claim than the one that sent it first looked it up */
  asked_at: number | null
  stop_asked_at: number | null
  stop_reason: StopReason | null
  given_up_at: number | null
  /** when it first waited for a person, and when it last went on after that */
  paused_at: number | null
  resumed_at: number | null
  ended_at: number | null
  workflow_run_id: string | null
  dify_task_id: string | null
  message_id: string | null
  workflow_version: string | null
  tokens: number | null
  price_nano: Nano | null
  currency: string | null
  /** what such a run costs on average, where its own price is not told */
  guess_nano: Nano | null
  /** RunStep[] (engine/run.ts); null: its stream has told of none */
  steps: string | null
}

/** Rows that the check found faulty and the person chose not to run. They appear in the result. */
export interface LeftOutRowTable {
  task_id: string
  row_number: number
  cells: string
  /** in English */
  fault: string
  /** JSON: the same as data, for other languages; null: left out before this was kept */
  found: string | null
}

export interface LogTable {
  id: Generated<number>
  task_id: string
  execution_id: string | null
  at: number
  level: 'info' | 'warn' | 'error'
  event: string
  message: string
  message_sentence: Generated<string | null>
  /** JSON object */
  details: string | null
}

export const DRAFT_STATUSES = ['reading', 'open', 'started', 'cancelled', 'expired', 'failed'] as const
export type DraftStatus = (typeof DRAFT_STATUSES)[number]

/** A wizard in progress, or one that ended a short time ago. */
export interface DraftTable {
  id: string
  /** identifies the sending of the file: several events of one sending are one draft */
  source: string
  owner_key: string
  /** JSON in the wizard's format; so are place, state and message */
  owner: string
  place: string
  locale: string
  status: DraftStatus
  /** changes with every step: a click with another nonce comes from an old message */
  nonce: string
  /** changes with every write, so that of two clicks at once the second does not undo the first */
  revision: number
  file_name: string
  upload_id: string | null
  state: string
  message: string | null
  task_id: string | null
  created_at: number
  expires_at: number
  /** until when the machine that fetches and reads the file is sure to be alive; 0: there is one process only */
  read_until: Generated<number>
}

/** The values for all rows that were last given for a workflow in a place. */
export interface RememberedConstantTable {
  workflow_id: string
  /** `slack:T1:C1`: a channel, or the chat with one person; on the page, the person */
  place: string
  /** JSON: variable name → text */
  constants: string
  used_at: number
}

/** Which columns a person chose for a workflow and a set of headings. Proposed again the next time. */
export interface RememberedMappingTable {
  workflow_id: string
  /** the set of headings, sorted */
  headings: string
  /** JSON: variable name → heading, or null for “leave empty” */
  mapping: string
  used_at: number
}

/** A file among the outputs of a row. */
export interface OutputFileTable {
  execution_id: string
  /** of all files of its row, from 1 */
  position: number
  task_id: string
  row_number: number
  /** name of the output that it is in */
  output: string
  name: string
  mime_type: string
  /** as Dify says, then as fetched; null: not known */
  size: number | null
  url: string
  status: OutputFileStatus
  error: string | null
  error_sentence: Generated<string | null>
  /** of its bytes in the file store, once it is kept */
  sha256: string | null
  /** how often it was fetched in vain */
  tries: Generated<number>
  /** 1: a person wants it fetched again, so that Dify is asked for a new link first */
  ask_again: Generated<number>
  /** of the last change */
  at: number
}

/** A form that a run waits for, or has waited for (engine/form.ts). */
export interface FormTable {
  id: string
  execution_id: string
  attempt: number
  task_id: string
  row_number: number
  /** Dify's id */
  form_id: string
  /** encrypted, see secret-box.ts; null: it can only be answered in Dify */
  token: string | null
  node_id: string
  node_title: string
  content: string
  /** RunFormField[] */
  fields: string
  /** RunFormAction[] */
  actions: string
  /** equal where forms ask the same */
  alike: string
  expires_at: number | null
  state: Generated<FormStatus>
  /** id of the button; with the values (JSON) and by whom: null until it is answered through Rowbot */
  action: string | null
  inputs: string | null
  answered_by: string | null
  answered_at: number | null
  created_at: number
}

/** The one chat message of a task that shows its progress. */
export interface TaskMessageTable {
  task_id: string
  /** JSON; so are place and message */
  owner: string
  place: string
  locale: string
  /** null: not posted yet */
  message: string | null
  /** how often it was posted: a message that somebody deletes is posted again */
  posts: Generated<number>
  /** hash of what it shows */
  shown: string | null
  /**
   * `finished_at` of three ends: the one it shows; the one that an earlier version was telling its owner; the last one
   * that was handed over to `deliveries`
   */
  shown_end: number | null
  telling_end: number | null
  told_end: number | null
  /** 1: the channel or thread no longer exists: progress is shown nowhere any more */
  lost: Generated<number>
}

/** What a person must get of a task that has ended or paused at a limit, until it has been seen on the platform. */
export interface DeliveryTable {
  task_id: string
  /** the result file, a ZIP with the files that rows gave, or that a fault has stopped the task or a limit paused it */
  what: 'result' | 'files' | 'halted'
  /** `finished_at` of the end that it is about, or when it paused */
  task_end: number
  /** `sending`: it may be there already; `waiting`: no place was left, so it waits for its person */
  state: 'due' | 'sending' | 'waiting' | 'seen'
  /** which place is tried: see bots/ladder.ts */
  rung: Generated<number>
  /** at that place */
  tries: Generated<number>
  /** not tried before */
  try_at: number
  /** why the last try failed */
  error: string | null
  /** JSON; tried first, and once seen: where */
  place: string | null
  created_at: number
  seen_at: number | null
  /** 1: the place has been notified that its owner takes no direct messages, where a link was to go */
  place_knows: Generated<number>
}

/** A link with which one person gets the result of one task. A row is deleted when its link ends. */
export interface ResultLinkTable {
  /** not secret */
  id: string
  task_id: string
  person_key: string
  person_name: string
  /** SHA-256 of the token, which itself is stored nowhere */
  token_hash: string
  made_at: number
  ends_at: number
}

/** What goes elsewhere at a task's end: to one address, until it has arrived or there is no hope for it. */
export interface NotificationTable {
  /** of a webhook, sent with every try */
  id: string
  task_id: string
  /** `finished_at` of the end that it is about */
  task_end: number
  channel: NotificationChannel
  /** a URL, an e-mail address; empty: the results folder */
  target: string
  /** `outdated`: the task ran again before it could be sent */
  state: 'due' | 'sent' | 'failed' | 'outdated'
  tries: Generated<number>
  /** not tried before */
  try_at: number
  /** why the last try failed */
  error: string | null
  /** the same by code: engine/sentence.ts */
  error_sentence: Generated<string | null>
  /** stored before the first try, and the same for every try: the body of a webhook, the name of a file */
  content: string | null
  created_at: number
  sent_at: number | null
}

export type NotificationChannel = 'webhook' | 'email' | 'folder'

/** The one message of a task that asks a person what its waiting rows need. Anew each time that waiting starts. */
export interface QuestionCardTable {
  task_id: string
  /** when waiting started; of two that follow each other, the second is later */
  began_at: number
  /** when the oldest of its forms was asked */
  asked_since: number
  /** JSON; null: not posted yet */
  message: string | null
  /** hash of what it shows */
  shown: string | null
  /** 1: nothing is left to answer, and the message says so; 2: and it says that the task stands still */
  ended: Generated<number>
  /** as of a delivery; so are the next five */
  state: Generated<'due' | 'sending' | 'waiting' | 'seen'>
  rung: Generated<number>
  tries: Generated<number>
  try_at: number
  error: string | null
  place: string | null
}

/** The one message of a task in which people look at rows one by one. Anew each time that somebody begins. */
export interface ReviewCardTable {
  task_id: string
  began_at: number
  /** number[]: the rows to look at, in the sheet's order; what has been said of them is with the rows */
  rows: string
  /** number[]: those of them that were run again from here */
  again: string
  /** the row whose new answer it waits for, to show it; null: none */
  awaited: number | null
  /** hash of what it shows */
  shown: string | null
  /** JSON; null: not posted yet */
  message: string | null
}

/** Who did what. Entries stay when their target (a task or workflow) is deleted. */
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

/** Which draft a program’s request made, so that sending the same request again changes nothing. */
export interface IdempotencyKeyTable {
  key: string
  /** hash of the request: the same key with another hash is the caller's mistake */
  fingerprint: string
  draft_id: string
  created_at: number
}

/** A task whose rows are being written and that does not exist yet: see submissions.ts. */
export interface SubmissionTable {
  task_id: string
  /** time of the last write; 0: given up, its rows are being removed */
  written_at: number
}

/** What the calls of a task have cost in a month. A line stays when its task is deleted. */
export interface UsageTable {
  /** `2026-11`, in UTC: when the call ended */
  month: string
  task_id: string
  /** '': of calls whose price nobody told */
  currency: string
  workflow_id: string
  /** of its owner (messages/people.ts); `name:` and their name where there is none, as on the command line */
  person_key: string
  person: string
  /** rows that were called for the first time; every call of theirs is in `calls` */
  rows: number
  calls: number
  tokens: number
  /** the sum of the prices: whole units, and billionths, which may be more than a unit together */
  whole: number
  rest_nano: Nano
  /** calls whose price was not told, so that the mean of the workflow was taken */
  guessed: number
  /** calls whose price was not told, and there was no mean yet */
  unpriced: number
}

/** How much a workflow, or a person, may cost in a calendar month. */
export interface MonthLimitTable {
  of: 'workflow' | 'person'
  /** id of the workflow, key of the person */
  subject: string
  name: string
  /** with `most_nano`; null: the limit is in tokens */
  currency: string | null
  most_nano: Nano | null
  tokens: number | null
}

export interface ChatArrivalTable {
  platform: string
  /** the chat’s id of the app that it was sent to */
  account: string
  kind: string
  /** the latest of its kind */
  arrived_at: number
}

/** What the machines that call a workflow have learnt of its server together. */
export interface WorkflowThrottleTable {
  workflow_id: string
  /** LearntState (engine/learnt-together.ts) as JSON */
  learnt: string
}

/** What a machine may use of a workflow's limits. */
export interface WorkflowShareTable {
  workflow_id: string
  /** one process */
  machine: string
  /** by the database's clock */
  renewed_at: number
  expires_at: number
  /** calls under way and lanes that wait */
  lanes: number
  in_use: number
  /** what a row takes on average; 0: not known */
  row_tokens: number
  /** ShareLine['parts'] (engine/shares.ts) as JSON */
  parts: string
}

/** Who of several machines on this database does something that only one may do: see leases.ts. */
export interface LeaseTable {
  name: string
  /** another each time that it is taken: what a former holder still writes is told by it */
  holder: string
  /** on the clock of the database */
  until: number
}

/** How many messages a machine has edited in a workspace, about once a second: see shared-edits.ts. */
export interface ChatEditTable {
  /** `slack:T1` */
  workspace: string
  machine: string
  edits: number
  /** until when the platform has asked us to pause; 0: it has not. On the clock of the database; so is `at` */
  hold_until: number
  at: number
}

/** A file that is kept in the database: written after all of its chunks. */
export interface StoredFileTable {
  sha256: string
  size: number
  chunks: number
  /** when it was last stored: the same bytes may come several times */
  stored_at: number
}

export interface StoredFileChunkTable {
  sha256: string
  /** from 0 */
  position: number
  bytes: Uint8Array
  stored_at: number
}

/** What all machines on this database must have in common: see shared-values.ts. */
export interface SharedValueTable {
  name: string
  value: string
}
