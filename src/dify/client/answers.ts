import { z } from 'zod'

/*
 * What we use of Dify's answers, checked at the edge. Unknown fields are ignored and most known ones may be null:
 * servers of three years are out there. What a decision hangs on must be there.
 */

/**
 * Some versions send an object, some the same as a JSON string, some null. The object is kept as it is: z.record would
 * lose an output named `__proto__`.
 */
const looseObject = z
  .unknown()
  .transform((value) => (typeof value === 'string' ? parsed(value) : value))
  .refine((value) => value === undefined || typeof value === 'object')
  .refine((value) => !Array.isArray(value))
  .transform((value) => (value ?? {}) as Record<string, unknown>) // no array and no null: JSON has no other objects

/** A price comes as a number or, kept exact, as a string. */
const amount = z
  .union([z.number(), z.string()])
  .transform(Number)
  .refine((value) => Number.isFinite(value) && value >= 0)
  .nullish()
  .catch(undefined)

const count = z.number().nonnegative().nullish().catch(undefined)
const words = z.string().nullish().catch(undefined)

/** Files that an answer comes with: a link each, and what Dify tells of it. */
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

/** The end of a run, in a `workflow_finished` event and in a blocking answer. */
export const RunEnd = z.object({
  id: words,
  status: z.string(),
  outputs: looseObject,
  error: words,
  elapsed_time: count,
  total_tokens: count,
  total_steps: count,
  finished_at: z.unknown().optional(),
})

export const NodeEnd = z.object({
  /** of this execution of the node */
  id: words,
  node_type: words,
  title: words,
  status: words,
  error: words,
  execution_metadata: z
    .object({ total_price: amount, currency: words, total_tokens: count })
    .nullish()
    .catch(undefined),
})

export const ErrorEvent = z.object({
  status: z.number().catch(500),
  code: words,
  message: words.transform((value) => value ?? ''),
})

export const MessageChunk = z.object({ answer: z.string() })

/** A file of an answer, as the stream tells it. `belongs_to`: the user's own files are told too. */
export const MessageFile = z.looseObject({ belongs_to: words })

export const MessageEnd = z.object({
  files,
  metadata: z
    .object({
      /** an answer that a person wrote beforehand: no model was asked */
      annotation_reply: z.unknown().optional(),
      usage: z
        .object({ total_tokens: count, total_price: amount, currency: words, latency: count })
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
      /** null where Dify has the line but has lost the run, or not written it yet */
      workflow_run: z
        .object({ id: z.string(), status: words, error: words, elapsed_time: count, total_tokens: count })
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
      total_tokens: count,
      total_price: amount,
      currency: words,
      provider_response_latency: count,
      created_at: count,
      message_files: files,
    }),
  ),
})

export const BlockingRun = z.object({ task_id: words, workflow_run_id: words, data: RunEnd })
export const BlockingMessage = z
  .object({ task_id: words, message_id: words, answer: z.string() })
  .and(MessageEnd)

/** A newer server that took a call and answers before it is done. */
export const Accepted = z.object({ task_id: words, workflow_run_id: words, message_id: words })

export const UploadedFile = z.object({ id: z.string().min(1) })

export const Info = z.object({ name: z.string(), description: words, mode: words })

export const Parameters = z.object({
  user_input_form: z.array(z.record(z.string(), z.unknown())),
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

/** @returns what the text says, or undefined where it is not JSON */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parsedWithoutNaN(text)
  }
}

/** Python writes NaN and Infinity into its JSON, which has no such numbers: they are no value. */
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
