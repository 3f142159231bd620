/** One way for a server to misbehave. Each field is a thing of its own; together they make the named faults below. */
export interface SandboxFault {
  /** how long the run takes, in the place of the app's own time */
  delayMs?: number
  /** the answer in the place of what was asked for */
  refuse?: SandboxRefusal
  /** the run is begun all the same and goes on: only the answer is wrong */
  yetRuns?: boolean
  /** what the client gets to see of the run's stream */
  stream?: StreamFault
  /** how the run ends. `never`: it goes on until it is stopped. */
  end?: 'failed' | 'partial-succeeded' | 'paused' | 'stopped' | 'never'
  /** what Dify says of a run that failed */
  error?: string
  /** a stop says “success” and stops nothing */
  deafToStop?: boolean
}

export interface SandboxRefusal {
  status: number
  /** Dify's error word; absent where the answer is a page of a proxy's */
  code?: string
  message?: string
  html?: string
  retryAfter?: string
}

export const STREAM_FAULTS = [
  'cut-at-once', // the connection breaks before anything was told
  'cut', // the connection breaks after the first event
  'no-start', // workflow_started is missing, as on 1.13.3–1.16.1
  'no-end', // the stream ends properly, but workflow_finished is missing
  'hang', // nothing but pings after the first event
  'silence', // nothing at all, not even pings
  'error', // an error event without code and ids, and the socket stays open
  'split', // a few bytes at a time, characters cut in two
  'left-open', // all is told, and the socket stays open
] as const
type StreamFault = (typeof STREAM_FAULTS)[number]

const page = (title: string) =>
  `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`

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
  '401': { refuse: { status: 401, code: 'unauthorized', message: 'Access token is invalid' } },
  '403': { refuse: { status: 403, code: 'forbidden', message: 'The app’s API service has been disabled.' } },
  '404': { refuse: { status: 404, code: 'not_found', message: 'Workflow not found' } },
  unpublished: {
    refuse: {
      status: 400,
      code: 'app_unavailable',
      message: 'App unavailable, please check your app configurations.',
    },
  },
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
  error: { stream: 'error' },
  split: { stream: 'split' },
  'left-open': { stream: 'left-open' },
  failed: { end: 'failed' },
  partial: { end: 'partial-succeeded' },
  paused: { end: 'paused' },
  stopped: { end: 'stopped' },
  stuck: { end: 'never' },
  deaf: { deafToStop: true },
} as const satisfies Record<string, SandboxFault>

export type FaultName = keyof typeof FAULTS

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(FAULTS, name)
}
