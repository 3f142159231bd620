import { z } from 'zod'
import { SEED_TASK, SEED_UPLOAD } from './seed.ts'
import { OUTPUT_FILE_STATUSES } from '../../engine/output-files.ts'
import { FLAG_CODES } from '../../engine/flag.ts'
import { EXECUTION_MOVES, type ExecutionStatus, TASK_MOVES, type TaskStatus } from '../../engine/states.ts'
import { MAX_ROW } from '../../workbook/row-ranges.ts'

// `as`: TASK_MOVES has every state as a key, and at least one.
export const TASK_STATUSES = Object.keys(TASK_MOVES) as [TaskStatus, ...TaskStatus[]]
export const ROW_STATUSES = Object.keys(EXECUTION_MOVES) as [ExecutionStatus, ...ExecutionStatus[]]

const time = () => z.string().describe('ISO 8601')
const count = () => z.number().int()

export const TASK_ID = z.object({ task_id: z.string() })
/** In a body. */
export const ROWS = z
  .array(z.number().int().positive().max(MAX_ROW))
  .min(1)
  .max(100_000)
  .optional()
  .describe('rows of the sheet')
export const ROW_ID = z.object({
  task_id: z.string(),
  row: z.coerce.number().int().positive().max(MAX_ROW).describe('row of the sheet'),
})

export const OUTPUT_FILE_ID = ROW_ID.extend({
  n: z.coerce.number().int().positive().max(MAX_ROW).describe('which of the row’s files, from 1'),
})

export const CONSTANT = z
  .object({
    input: z.string(),
    label: z.string(),
    value: z.string().describe('as it would stand in a cell'),
    is_default: z.boolean().describe('nobody gave it: it is the workflow’s own default'),
  })
  .meta({ id: 'Constant' })

/** A task, in every answer that has one. */
export const TASK = z
  .object({
    task_id: z.string(),
    name: z.string(),
    status: z.enum(TASK_STATUSES),
    error: z.string().nullable().describe('why it stopped by itself, and what to do about it'),
    error_code: z
      .string()
      .nullable()
      .describe(
        'what the error is, in one word that stays the same; null: it is only a text, such as the server’s own',
      ),
    workflow_id: z.string(),
    workflow_name: z.string(),
    file_name: z.string(),
    sheet: z.string(),
    constants: z.array(CONSTANT).describe('what every row is sent besides its cells'),
    owner: z.string(),
    platform: z.string().nullable().describe('slack, discord or web; null: begun at the command line'),
    link: z.string().nullable().describe('its thread in the chat'),
    concurrency: count(),
    retries: count(),
    timeout_seconds: count(),
    total: count().describe('rows that run'),
    succeeded: count(),
    failed: count(),
    cancelled: count(),
    left: count().describe('neither succeeded nor failed nor cancelled yet'),
    waiting: count().describe('of these: rows whose run waits for a person'),
    left_out: count().describe('faulty rows that do not run'),
    same_as_others: count()
      .nullable()
      .describe('rows that send the same as one before them, and are not called; null: every row is called'),
    carried: count().describe('rows that came with their answers from an earlier task'),
    deleted: z
      .object({
        upload: time().nullable(),
        inputs: time().nullable(),
        outputs: time().nullable(),
        files: time().nullable(),
        log: time().nullable(),
      })
      .describe('when parts of it were deleted because they were old: see docs/data.md; null: it is kept'),
    compared: z
      .object({ a: z.string(), b: z.string(), chosen: z.string().nullable() })
      .nullable()
      .describe('the two tasks of its comparison, and which of them went on with all rows: see /comparison'),
    progress: count().describe('0 to 100'),
    rows_per_minute: z.number().nullable().describe('while it runs'),
    seconds_left: z.number().nullable().describe('while it runs, if it can be estimated'),
    limit: z
      .string()
      .nullable()
      .describe('how much all its calls may cost, such as 5 USD or 200000 tokens; null: as much as they do'),
    at_limit: z
      .boolean()
      .describe('it is paused because one more call would not fit the limit; raise it, then resume'),
    at_month_limit: z
      .boolean()
      .describe(
        'it is paused because one more call would not fit what its workflow or its owner may cost a month; see /api/usage/limits',
      ),
    pause_after_row: count()
      .nullable()
      .describe('some rows are tried first, this one the last of them; then it pauses'),
    worked_seconds: z
      .number()
      .nullable()
      .describe('how long it ran, without pauses and time without a runner; null while it runs or waits to'),
    created_at: time(),
    started_at: time().nullable(),
    finished_at: time().nullable(),
    ...SEED_TASK,
  })
  .meta({ id: 'Task' })

export const MONEY_SUM = z
  .object({
    currency: z.string(),
    price: z.number(),
    amount: z.string().describe('the same exactly, as a decimal such as 0.0012345'),
    estimated: z
      .boolean()
      .describe('it has the mean of the workflow for calls whose price Dify did not tell'),
  })
  .meta({ id: 'MoneySum' })

export const FLAG = z
  .object({
    output: z.string(),
    code: z.enum(FLAG_CODES),
    text: z.string().describe('in English'),
  })
  .meta({ id: 'Flag' })

const PRICE_ESTIMATED = z
  .boolean()
  .describe('Dify did not tell what a call of it has cost, so the price has the mean of the workflow')

const TRIAL = z
  .object({
    tried: count().describe('how many rows'),
    rows: z
      .array(
        z.object({
          row: count().describe('its number in the sheet, from 1'),
          status: z.enum(['succeeded', 'failed']),
          outputs: z.record(z.string(), z.unknown()).nullable(),
          error: z.string().nullable(),
          seconds: z.number().nullable(),
          tokens: z.number().nullable(),
          price: z.number().nullable(),
          price_estimated: PRICE_ESTIMATED,
          currency: z.string().nullable(),
          flags: z.array(FLAG),
        }),
      )
      .describe('the first 50'),
    estimate: z
      .object({
        rows: count().describe('how many have not run'),
        seconds: z.number(),
        tokens: z.number().nullable(),
        price: z.number().nullable(),
        currency: z.string().nullable(),
      })
      .nullable()
      .describe('for the others, going by these; null: none of these succeeded'),
  })
  .meta({ id: 'Trial' })

export const NOTIFICATION = z
  .object({
    channel: z.enum(['webhook', 'email', 'folder']),
    target: z.string().describe('the host of a webhook, the address of an e-mail, the name of the file'),
    state: z
      .enum(['due', 'sent', 'failed', 'outdated'])
      .describe('failed: not tried again; outdated: the task ran again before it was sent'),
    tries: count(),
    error: z.string().nullable().describe('why the last try failed'),
    next_try_at: time().nullable().describe('while it is due'),
    sent_at: time().nullable(),
  })
  .meta({ id: 'Notification' })

/** One task by itself also says what it has cost: for a list, that would take too long. */
export const TASK_AND_COST = TASK.extend({
  tokens: count().describe('as far as Dify told'),
  prices: z.array(MONEY_SUM).describe('one sum for each currency'),
  unpriced_rows: count().describe(
    'calls that have cost something that nobody told, and that cannot be estimated',
  ),
  unknown_calls: count().describe(
    'calls that may have been paid, too: Dify cannot say what became of them. Resume calls such rows again.',
  ),
  to_look_at: z
    .object({
      rows: z.array(count()).describe('the first 1,000, by their numbers in the sheet'),
      count: count(),
      reasons: z.array(z.object({ code: z.enum(FLAG_CODES), count: count() })),
    })
    .describe(
      'rows that succeeded, with something unusual in their outputs, that nobody has edited or kept; empty while it runs',
    ),
  edited: count().describe('rows in which a person has put something right'),
  kept: count().describe('of the others: rows that a person has found right'),
  trial: TRIAL.nullable().describe('what its sample gave, while it rests after it; resume runs the others'),
  notifications: z
    .array(NOTIFICATION)
    .describe('who else is notified of its last end; empty until it has ended'),
}).meta({ id: 'TaskAndCost' })

const COMPARED_SIDE = z.object({
  task_id: z.string(),
  workflow_id: z.string(),
  workflow_name: z.string(),
  status: z.enum(TASK_STATUSES),
  error: z.string().nullable(),
  succeeded: count(),
  failed: count(),
  seconds: z.number().nullable().describe('the mean of a row'),
  tokens: count(),
  prices: z
    .array(
      z.object({
        currency: z.string(),
        price: z.number(),
        amount: z.string().describe('the same exactly, as a decimal such as 0.0012345'),
      }),
    )
    .describe('one sum for each currency, of the rows that are compared'),
})

export const COMPARISON = z
  .object({
    rows: count().describe('rows that are compared'),
    compared: count().describe('of these: rows that succeeded in both'),
    same: count().nullable().describe('of these: rows that say the same; null: no output can be compared'),
    same_percent: z.number().nullable(),
    outputs: z
      .array(z.object({ a: z.string(), b: z.string() }))
      .describe('which output of A is compared with which of B: by name, or the only text of each'),
    over: z.boolean().describe('no row that is to be compared is left'),
    chosen: z.string().nullable().describe('the task that went on with all rows'),
    a: COMPARED_SIDE,
    b: COMPARED_SIDE,
  })
  .meta({ id: 'Comparison' })

/** What a webhook sends. */
export const WEBHOOK = z
  .object({ event: z.enum(['task.completed', 'task.failed', 'task.cancelled']), task: TASK_AND_COST })
  .meta({ id: 'TaskEnded' })

export const CELL = z.union([z.string(), z.number(), z.boolean(), z.null()])

export const LOG_ENTRY = z
  .object({
    id: count(),
    at: time(),
    level: z.enum(['info', 'warn', 'error']),
    event: z.string(),
    message: z.string(),
    row: count().nullable().describe('row of the sheet; null: of the whole task'),
    details: z.record(z.string(), z.unknown()).nullable(),
  })
  .meta({ id: 'LogEntry' })

export const OUTPUT_FILE = z
  .object({
    output: z.string().describe('the output that it is in'),
    name: z.string().describe('as Dify names it'),
    size: count().nullable().describe('bytes'),
    mime_type: z.string().describe('as Dify says'),
    status: z.enum(OUTPUT_FILE_STATUSES).describe('waiting: it is still to be fetched'),
    error: z.string().nullable().describe('why it could not be fetched'),
    url: z.string().nullable().describe('where this API has it, once it is fetched: a path on this server'),
  })
  .meta({ id: 'OutputFile' })

export const ROW = z
  .object({
    row: count().describe('its number in the sheet, from 1'),
    status: z.enum(ROW_STATUSES),
    inputs: z.record(z.string(), z.unknown()).describe('what is sent, by the workflow’s names'),
    outputs: z.record(z.string(), z.unknown()).nullable().describe('as the workflow gave them'),
    edited: z
      .record(z.string(), z.object({ value: z.unknown(), by: z.string(), at: time() }))
      .describe('a person’s values in place of outputs, by their names; the result has these'),
    kept: z
      .object({ by: z.string(), at: time() })
      .nullable()
      .describe('a person has looked at the answer and found it right'),
    inputs_edited: z
      .record(z.string(), z.object({ from: z.unknown(), by: z.string(), at: time() }))
      .describe(
        'inputs that a person has put in place of those of the file, by their names: what the file has; null: nothing',
      ),
    outputs_from_before: z
      .boolean()
      .describe('the outputs are an answer from before it was run again, which has given no new one'),
    version: z.string().describe('of the answer and its edits, to send with an edit'),
    files: z.array(OUTPUT_FILE).describe('the files among the outputs'),
    flags: z.array(FLAG).describe('reasons to look at its outputs; judged once the task does not run'),
    error: z.string().nullable(),
    error_code: z
      .string()
      .nullable()
      .describe(
        'what the error is, in one word that stays the same; null: it is only a text, such as the server’s own',
      ),
    warning: z.string().nullable(),
    attempts: count(),
    seconds: z.number().nullable(),
    tokens: z.number().nullable().describe('over all attempts'),
    price: z.number().nullable(),
    price_estimated: PRICE_ESTIMATED,
    currency: z.string().nullable(),
    workflow_run_id: z.string().nullable().describe('of the run at Dify'),
    as_row: count().nullable().describe('not called: it sends the same as this row, and has its answer'),
    origin: z
      .object({ task_id: z.string(), row: count() })
      .nullable()
      .describe('not called: its answer comes from this row of an earlier task'),
    attempted_at: time().nullable(),
    finished_at: time().nullable(),
    retry_at: time().nullable().describe('waiting: not tried again before then'),
  })
  .meta({ id: 'Row' })

export const ERROR_GROUP = z
  .object({
    error: z.string().describe('the commonest text; retry-failed takes it for the whole group'),
    count: count(),
    rows: z.array(count()).describe('the first 20, by their numbers in the sheet'),
  })
  .meta({ id: 'ErrorGroup' })

export const VARIABLE = z.object({
  name: z.string(),
  label: z.string(),
  type: z.string(),
  required: z.boolean(),
  description: z.string().nullable(),
  max_length: z.number().nullable(),
  options: z.array(z.string()).nullable(),
  default: z.unknown().describe('what the app itself gives to the input; null: nothing'),
  attached: z
    .boolean()
    .describe('no input of the form: the files of a chat, which it takes with the message'),
})

const FILE = z
  .object({
    name: z.string(),
    size: count().describe('in bytes'),
    content: z.string().nullable().describe('what its bytes are, as pdf; null: they do not say'),
  })
  .meta({ id: 'File' })

export const WORKFLOW = z
  .object({
    workflow_id: z.string(),
    id: z.string().describe('the same as workflow_id'),
    name: z.string(),
    description: z.string(),
    mode: z.string(),
    base_url: z.string().describe('of Dify’s service API'),
    enabled: z.boolean().describe('new tasks may be made with it'),
    limit: count().describe('calls at once over all tasks'),
    per_minute: count().nullable().describe('calls a minute over all tasks; null: as many as get through'),
    tokens_per_minute: count().nullable().describe('tokens a minute; null: as many as get through'),
    limit_now: count().describe('fewer for a while after Dify answered “too many requests”'),
    per_task: z
      .string()
      .nullable()
      .describe('how much a task may cost unless whoever starts it says otherwise: 5 USD, 200000 tokens'),
    tasks: count().describe('tasks made with it'),
    variables: z.array(VARIABLE),
    required_outputs: z.array(z.string()).describe('without these, a row has failed'),
    console_url: z.string().nullable().describe('of the app in Dify’s own pages; null: nobody has said'),
    synced_at: time(),
  })
  .meta({ id: 'Workflow' })

export const CELL_FAULT = z
  .object({
    code: z.string(),
    message: z.string(),
    hint: z.string().nullable(),
    cells: z.array(z.string()).describe('the first 20, as C7, or 7 for a whole row'),
    count: count(),
    stops: z.enum(['sheet', 'row', 'nothing']).describe('what cannot run because of it'),
  })
  .meta({ id: 'CellFault' })

export const MAPPING = z
  .record(z.string(), z.string().nullable())
  .describe('for each input of the workflow the heading of its column, or its letters; null: leave empty')

export const CONSTANTS = z
  .record(z.string().max(200), z.string().max(100_000))
  .describe('one value for all rows, by input, for inputs without a column; as it would stand in a cell')

export const UPLOAD = z
  .object({
    upload_id: z.string(),
    file_name: z.string(),
    files: z.array(FILE).describe('those that came along; cells may name them'),
    row_per_file: z.boolean().describe('no workbook was sent: each file is a row'),
    expires_at: time(),
    workflow_id: z.string().nullable().describe('the one asked for, or the only one that fits'),
    sheets: z.array(z.object({ name: z.string(), hidden: z.boolean(), rows: count() })),
    sheet: z.string(),
    heading_row: count(),
    headings: z.array(z.string()),
    rows: count().describe('data rows'),
    good: count().describe('rows that can run'),
    bad: count(),
    same_as_others: count().describe('rows that send the same as one before them; they are called once'),
    seen: z
      .object({
        task_id: z.string(),
        created_at: time(),
        unchanged: count().describe('only_new takes their answers from that task'),
        changed: count(),
        new: count(),
        older_version: z.boolean().describe('the workflow was published anew since: nothing is unchanged'),
      })
      .nullable()
      .describe('the newest task with the same workflow and headings, if there is one'),
    mapping: MAPPING,
    constants: CONSTANTS,
    constant_files: z
      .array(FILE.extend({ input: z.string() }).meta({ id: 'ConstantFile' }))
      .describe('those that were sent as values for all rows'),
    defaults: z
      .record(z.string(), z.string())
      .describe('by input without a column or value: the workflow’s own default, which is sent'),
    unused: z.array(z.string()).describe('headings of columns that are kept for the result and not sent'),
    faults: z.array(CELL_FAULT),
    more_faults: count().describe('kinds of faults beyond those'),
    preview: z.array(z.object({ row: count(), cells: z.array(z.string()) })),
    ...SEED_UPLOAD,
  })
  .meta({ id: 'Upload' })
