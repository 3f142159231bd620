import { z } from 'zod'

/*
 * The keys of answers that the API had before this one. Programs that were written for it read them; each is described
 * as another name of what stands beside it. See names.ts for what requests may be called.
 */

const count = () => z.number().int()
const same = <T extends z.ZodType>(schema: T, name: string) => schema.describe(`the same as ${name}`)

export const SEED_TASK = {
  id: same(z.string(), 'task_id'),
  batch_id: same(z.string(), 'task_id'),
  task_name: same(z.string(), 'name'),
  original_filename: same(z.string(), 'file_name'),
  max_concurrency: same(count(), 'concurrency'),
  retry_count: same(count(), 'retries'),
  total_items: same(count(), 'total'),
  total_rows: same(count(), 'total'),
  completed_items: same(count(), 'succeeded'),
  failed_items: same(count(), 'failed'),
  skipped_items: same(count(), 'left_out'),
  progress_percentage: same(count(), 'progress'),
  success_rate: z.number().describe('succeeded of total, 0 to 100'),
  completed_at: same(z.string().nullable(), 'finished_at'),
  duration_seconds: same(z.number().nullable(), 'worked_seconds'),
  estimated_remaining_seconds: same(z.number().nullable(), 'seconds_left'),
  error_message: same(z.string().nullable(), 'error'),
  download_url: z.string().describe('the path of its result on this server'),
}
type SeedTask = z.output<z.ZodObject<typeof SEED_TASK>>

interface SeedTaskFacts {
  task_id: string
  name: string
  file_name: string
  concurrency: number
  retries: number
  total: number
  succeeded: number
  failed: number
  left_out: number
  progress: number
  finished_at: string | null
  worked_seconds: number | null
  seconds_left: number | null
  error: string | null
}

/** @param subPath app/sub-path.ts */
export function seedTask(task: SeedTaskFacts, subPath: string): SeedTask {
  const { task_id, total, succeeded } = task
  return {
    id: task_id,
    batch_id: task_id,
    task_name: task.name,
    original_filename: task.file_name,
    max_concurrency: task.concurrency,
    retry_count: task.retries,
    total_items: total,
    total_rows: total,
    completed_items: succeeded,
    failed_items: task.failed,
    skipped_items: task.left_out,
    progress_percentage: task.progress,
    success_rate: total === 0 ? 0 : Math.round((succeeded / total) * 1_000) / 10,
    completed_at: task.finished_at,
    duration_seconds: task.worked_seconds,
    estimated_remaining_seconds: task.seconds_left,
    error_message: task.error,
    download_url: `${subPath}/api/batch/${task_id}/download`,
  }
}

export const SEED_UPLOAD = {
  success: z.literal(true),
  file_id: same(z.string(), 'upload_id'),
  filename: same(z.string(), 'file_name'),
  validation: z
    .object({ valid: z.boolean(), errors: z.array(z.string()), warnings: z.array(z.string()) })
    .describe('valid: at least one row can run; the sentences of faults'),
  data_info: z
    .object({ rows: count(), columns: z.array(z.string()), validation_errors: z.array(z.string()) })
    .describe('rows, headings, and the sentences of faults'),
}
type SeedUpload = z.output<z.ZodObject<typeof SEED_UPLOAD>>

interface SeedUploadFacts {
  upload_id: string
  file_name: string
  good: number
  rows: number
  headings: string[]
  faults: { cells: string[]; message: string; stops: string }[]
}

export function seedUpload(upload: SeedUploadFacts): SeedUpload {
  const sentences = (isFault: boolean) =>
    upload.faults
      .filter(({ stops }) => (stops !== 'nothing') === isFault)
      .map(({ cells, message }) => (cells.length > 0 ? `${cells.join(', ')}: ${message}` : message))
  return {
    success: true,
    file_id: upload.upload_id,
    filename: upload.file_name,
    validation: { valid: upload.good > 0, errors: sentences(true), warnings: sentences(false) },
    data_info: { rows: upload.rows, columns: upload.headings, validation_errors: sentences(true) },
  }
}
