import { z } from 'zod'
import { parseNano } from '../../engine/money.ts'

/*
 * The parts of Dify's answers that we use, checked at the edge. Unknown fields are ignored, and most known ones may be
 * null, because servers up to three years old are in use. Fields that decide something are required.
 */

/**
 * Some versions send an object, some the same as a JSON string, some null. z.record is not used, because it would lose
 * an output named `__proto__`.
 */
const looseObject = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? parsed(value) : value))
  .refine((value) => value === undefined || typeof value === 'object')
  .refine((value) => !Array.isArray(value))
  .transform((value) => (value ?? {}) as Record<string, unknown>) // no array and no null: JSON has no other objects

/** A price is a number or, to keep it exact, a string. */
const amount = z
  .union([z.number(), z.string()])
  .transform(parseNano)
  .refine((value) => value !== undefined)
  .nullish()
  .catch(undefined)

const count = z.number().nonnegative().nullish().catch(undefined)
/** Whole and not absurd, however an app counts them: they are stored as integers of 32 bits, and an answer must be stored. */
const tokens = z
  .number()
  .nonnegative()
  .transform((number) => Math.min(Math.ceil(number), MOST_TOKENS))
  .nullish()
  .catch(undefined)
const MOST_TOKENS = 100_000_000
const words = z.string().nullish().catch(undefined)

/** Files that come with an answer: for each, a link and what Dify says about it. */
const files = z.array(z.record(z.string(), z.unknown())).nullish().catch(undefined)

export const ErrorBody = z.object({ code: z.string(), message: words })

/** What every event may carry. Its own payload is read by the schemas below. */
export const StreamEvent = z.object({
  event: z.string(),
  task_id: words,
  workflow_run_id: words,
  message_id: words,
  data: z.unknown().optional(),
})

/** Of a `workflow_started` event. `workflow_id`: the published version that runs. */
export const RunStart = z.object({ workflow_id: words })

/** The end of a run, in a `workflow_finished` event and in a blocking answer. */
export const RunEnd = z.object({
  id: words,
  workflow_id: words,
  status: z.string(),
  outputs: looseObject,
  error: words,
  elapsed_time: count,
  total_tokens: tokens,
  total_steps: count,
  finished_at: z.unknown().optional(),
})

/** What a pause says besides its reasons (run/forms.ts). */
export const RunPause = z.object({ total_tokens: tokens })

export const NodeEnd = z.object({
  /** of this execution of the node */
  id: words,
  node_type: words,
  title: words,
  status: words,
  error: words,
  elapsed_time: count,
  execution_metadata: z
    .object({ total_price: amount, currency: words, total_tokens: tokens })
    .nullish()
    .catch(undefined),
})

export const ErrorEvent = z.object({
  status: z.number().catch(500),
  code: words,
  message: words.transform((value) => value ?? ''),
})

export const MessageChunk = z.object({ answer: z.string() })

/** A file of an answer, as in the stream. `belongs_to`: the stream also lists the user's own files. */
export const MessageFile = z.looseObject({ belongs_to: words })

export const MessageEnd = z.object({
  files,
  metadata: z
    .object({
      /** a prepared answer that a person wrote: no model was called */
      annotation_reply: z.unknown().optional(),
      usage: z
        .object({ total_tokens: tokens, total_price: amount, currency: words, latency: count })
        .nullish()
        .catch(undefined),
    })
    .nullish()
    .catch(undefined),
})

/** An older server answers an unknown id with 200 and null in every field. */
export const RunDetail = RunEnd.extend({ status: z.string().nullable() })

export const LogsPage = z.object({
  has_more: z.boolean(),
  data: z.array(
    z.object({
      /** null when Dify has lost the run of this line, or has not written it yet */
      workflow_run: z
        .object({ id: z.string(), status: words, error: words, elapsed_time: count, total_tokens: tokens })
        .nullish()
        .catch(undefined),
      created_by_end_user: z.object({ session_id: words }).nullish(),
      created_at: count,
    }),
  ),
})

export const Conversations = z.object({ data: z.array(z.object({ id: z.string() })) })

export const Messages = z.object({
  data: z.array(
    z.object({
      id: words,
      answer: words,
      status: words,
      error: words,
      total_tokens: tokens,
      total_price: amount,
      currency: words,
      provider_response_latency: count,
      created_at: count,
      message_files: files,
    }),
  ),
})

export const BlockingRun = z.object({
  task_id: words,
  workflow_run_id: words,
  /** `reasons`: why it is paused (run/forms.ts) */
  data: RunEnd.extend({ reasons: z.unknown().optional() }),
})
export const BlockingMessage = z
  .object({ task_id: words, message_id: words, answer: z.string() })
  .and(MessageEnd)

/** The answer of a newer server that accepts a call and answers before the run has ended. */
export const Accepted = z.object({ task_id: words, workflow_run_id: words, message_id: words })

export const UploadedFile = z.object({ id: z.string().min(1) })

export const Info = z.object({ name: z.string(), description: words, mode: words })

/** Which files a call may bring besides its inputs. Servers before 0.10 have only the part for images. */
export const FileUpload = z.object({
  enabled: z.boolean().nullish(),
  allowed_file_types: z.array(z.string()).nullish(),
  allowed_file_extensions: z.array(z.string()).nullish(),
  allowed_file_upload_methods: z.array(z.string()).nullish(),
  number_limits: count,
  image: z
    .object({
      enabled: z.boolean().nullish(),
      number_limits: count,
      transfer_methods: z.array(z.string()).nullish(),
    })
    .nullish(),
})

export const Parameters = z.object({
  user_input_form: z.array(z.record(z.string(), z.unknown())),
  file_upload: FileUpload.nullish().catch(undefined),
  system_parameters: z
    .object({
      file_size_limit: count,
      image_file_size_limit: count,
      audio_file_size_limit: count,
      video_file_size_limit: count,
      workflow_file_upload_limit: count,
    })
    .nullish()
    .catch(undefined),
})

/** @returns the parsed JSON, or undefined when the text is not JSON */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parsedWithoutNaN(text)
  }
}

/** Python writes NaN and Infinity into JSON, which does not allow them. They are read as null. */
function parsedWithoutNaN(text: string): unknown {
  if (!/NaN|Infinity/.test(text)) return undefined
  const plain = text.replaceAll(STRING_OR_NAN, (found) => (found.startsWith('"') ? found : 'null'))
  try {
    return JSON.parse(plain)
  } catch {
    return undefined
  }
}

const STRING_OR_NAN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/gs
