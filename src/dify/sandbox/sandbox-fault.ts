import { INTERNAL_ERROR, type SandboxRefusal } from './answers.ts'

/** One way for a server to misbehave. The fields are independent; the named faults below combine them. */
export interface SandboxFault {
  /** how long the run takes, instead of the app's own time; or how long an upload waits before it is read */
  delayMs?: number
  /**
   * no worker takes the call for this long: one ping, then silence, and no log has the run. null: until workers return
   */
  queuedMs?: number | null
  /** this answer instead of the right one */
  refuse?: SandboxRefusal
  /** the run starts all the same and goes on: only the answer is wrong */
  yetRuns?: boolean
  /** no answer comes at all, and the connection stays open */
  hangs?: boolean
  /** nothing is run: the stream reports an invented failure with these words */
  madeUp?: string
  /** how wrong inputs are reported, instead of the server's usual way */
  wrongInputs?: WrongInputs
  /** which part of the run's stream the client receives */
  stream?: StreamFault
  /** a client that joins the run again gets only pings */
  deafRejoin?: boolean
  /** how the run ends. `never`: it goes on until it is stopped. */
  end?: 'failed' | 'partial-succeeded' | 'paused' | 'stopped' | 'never'
  /**
   * what becomes of a run that a person has answered: it ends as stopped, with its outputs (`stopped`) or without them
   * (`lost`), as 1.16.1 may do
   */
  resumes?: 'stopped' | 'lost'
  /** what the run asks has only buttons */
  fieldless?: true
  /** how long a person has to answer what the run asks */
  expiresMs?: number
  /** what Dify says of a run that failed or was stopped */
  error?: string
  /**
   * the error event that ends a completion or chat; default: `completion_request_error` and 400
   */
  errorCode?: string
  errorStatus?: number
  /** the upload is answered as usual, and no run finds the file */
  losesUpload?: boolean
  /** the links to the files that the run makes never work */
  deadLinks?: boolean
  /** a stop says “success” and stops nothing */
  deafToStop?: boolean
}

export const WRONG_INPUTS = ['made-up', 'event', 'silence', '400'] as const
/**
 * How a stream tells that inputs are wrong. `made-up`: a failed run that nobody ran, as 1.16.1; `event`: an error event
 * without code and ids, as between; `silence`: as 1.13.3; `400`: as a blocking call. A completion and a chat always say
 * 400.
 */
export type WrongInputs = (typeof WRONG_INPUTS)[number]

export const STREAM_FAULTS = [
  'cut-at-once', // the connection breaks before the first event
  'cut', // the connection breaks after the first event
  'no-start', // workflow_started is missing, as on 1.13.3–1.16.1
  'no-end', // the stream ends properly, but workflow_finished is missing
  'hang', // nothing but pings after the first event
  'silence', // nothing at all, not even pings
  'gone-silent', // nothing at all after the first events, not even pings
  'made-up-end', // after the first events a failure that Dify invents, with the run's own id; the run goes on
  'error', // an error event without code and ids, and the socket stays open
  'split', // a few bytes at a time, characters cut in two
  'left-open', // everything is sent, and the socket stays open
] as const
type StreamFault = (typeof STREAM_FAULTS)[number]

const page = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`

/** Dify's words for a run whose worker is shut down, by a deploy and not by a person. */
export const WORKER_DOWN = 'Aborted: Workflow stopped because the worker is shutting down.'

/** Dify's words for an app that has too many runs at once. */
export function tooManyRequests(app: string, most: number): string {
  return `Too many requests. Please try again later. The current maximum concurrent requests allowed for ${app} is ${most}.`
}

/** What a fault is called over HTTP and in a cell: `[sandbox: 429]`. */
export const FAULTS = {
  '429': {
    refuse: {
      status: 429,
      code: 'too_many_requests',
      message: 'Too many requests. Please try again later.',
    },
  },
  '429-quota': { refuse: { status: 429, code: 'rate_limit_error', message: 'Rate Limit Error' } },
  '429-cloudflare': {
    refuse: { status: 429, html: page('Access denied | Error 1015: You are being rate limited') },
  },
  limit: { refuse: { status: 400, code: 'invalid_param', message: tooManyRequests('this app', 2) } },
  '401': { refuse: { status: 401, code: 'unauthorized', message: 'Access token is invalid' } },
  '403': { refuse: { status: 403, code: 'forbidden', message: "The app's API service has been disabled." } },
  '404': { refuse: { status: 404, code: 'not_found', message: 'Workflow not found' } },
  unpublished: {
    refuse: {
      status: 400,
      code: 'app_unavailable',
      message: 'App unavailable, please check your app configurations.',
    },
  },
  'not-published': { refuse: { status: 400, code: 'invalid_param', message: 'Workflow not published' } },
  quota: {
    refuse: {
      status: 400,
      code: 'provider_quota_exceeded',
      message: 'Your quota for Dify Hosted OpenAI has been exhausted.',
    },
  },
  model: {
    refuse: { status: 400, code: 'completion_request_error', message: 'Completion request failed.' },
  },
  '500': { refuse: { status: 500, code: 'internal_server_error', message: 'Internal Server Error.' } },
  '500-after': {
    refuse: { status: 500, code: 'internal_server_error', message: 'Internal Server Error.' },
    yetRuns: true,
  },
  '502': { refuse: { status: 502, html: page('502 Bad Gateway') } },
  '504': { refuse: { status: 504, html: page('504 Gateway Time-out') }, yetRuns: true },
  'cut-at-once': { stream: 'cut-at-once' },
  cut: { stream: 'cut' },
  'no-start': { stream: 'no-start' },
  'no-end': { stream: 'no-end' },
  hang: { stream: 'hang' },
  silence: { stream: 'silence' },
  'gone-silent': { stream: 'gone-silent' },
  error: { stream: 'error' },
  split: { stream: 'split' },
  'left-open': { stream: 'left-open' },
  failed: { end: 'failed' },
  partial: { end: 'partial-succeeded' },
  paused: { end: 'paused' },
  'resume-stopped': { resumes: 'stopped' },
  'resume-lost': { resumes: 'lost' },
  'only-buttons': { fieldless: true },
  stopped: { end: 'stopped' },
  'half-answer': { end: 'stopped' },
  stuck: { end: 'never' },
  deaf: { deafToStop: true },
  'deaf-rejoin': { deafRejoin: true },
  queued: { queuedMs: null },
  'worker-gone': { stream: 'gone-silent', end: 'never', deafToStop: true },
  'worker-down': { end: 'stopped', error: WORKER_DOWN },
  'redis-gone': { hangs: true },
  'database-gone': { refuse: INTERNAL_ERROR },
  'made-up': { madeUp: 'The workflow could not be started.' },
  'made-up-mid': { stream: 'made-up-end', error: 'connection already closed' },
  'upload-lost': { losesUpload: true },
  'dead-links': { deadLinks: true },
  'inputs-event': { wrongInputs: 'event' },
  'inputs-silence': { wrongInputs: 'silence' },
  'inputs-400': { wrongInputs: '400' },
  'provider-429': {
    end: 'failed',
    error:
      '[models] Rate Limit Error, Error code: 429 - Rate limit reached for gpt-4o-mini in organization org-x on tokens per min (TPM): Limit 200000, Used 199990.',
    errorCode: 'rate_limit_error',
    errorStatus: 429,
  },
  'provider-quota': {
    end: 'failed',
    error:
      '[models] Rate Limit Error, Error code: 429 - You exceeded your current quota, please check your plan and billing details.',
    errorCode: 'rate_limit_error',
    errorStatus: 429,
  },
  'provider-500': {
    end: 'failed',
    error:
      '[models] Server Unavailable Error, Error code: 500 - The server had an error while processing your request.',
    errorCode: 'completion_request_error',
  },
  'provider-key': {
    end: 'failed',
    error: '[OpenAI] Incorrect model credentials provided, please check and try again.',
    errorCode: 'completion_request_error',
  },
  'provider-context': {
    end: 'failed',
    error:
      "[models] Bad Request Error, Error code: 400 - This model's maximum context length is 128000 tokens.",
    errorCode: 'completion_request_error',
  },
} as const satisfies Record<string, SandboxFault>

export type FaultName = keyof typeof FAULTS

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}
