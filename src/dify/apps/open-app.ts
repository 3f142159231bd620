import type { FileSource } from '../../engine/files.ts'
import type { DifyApp } from '../../engine/outcome.ts'
import type { App, AppMode } from '../../engine/workflow.ts'
import { LIMITS, normalizeBaseUrl, type RequestLimits } from '../client/http.ts'
import { answerForm, NO_SECRETS, stateOfForm, type TokenSecrets } from '../run/forms.ts'
import { join } from '../run/join.ts'
import { canLookUp, lookUp } from '../run/look-up.ts'
import { run } from '../run/run.ts'
import { stop } from '../run/stop.ts'
import { AppMemory } from '../run/app-memory.ts'
import { KINDS } from './kinds.ts'

export interface OpenAppOptions {
  /** of the service API, with its version: https://api.dify.ai/v1 */
  baseUrl: string
  /** one key is one app */
  apiKey: string
  mode: AppMode
  /** from `describeApp`; Dify's defaults if not given */
  fileLimits?: App['fileLimits']
  /** hosts whose files are fetched even from a private network and over plain http; with the port. Default: none */
  fileHosts?: string[]
  /** where files are that came along with an upload. Default: nowhere */
  fileSource?: FileSource
  /** what is known about this app's answers; pass the same one wherever the app is opened */
  memory?: AppMemory
  /** encrypts the tokens of forms. Default: they stay as they are */
  secrets?: TokenSecrets
  /** how long the server may take for each request */
  limits?: Partial<RequestLimits>
  /** milliseconds since 1970; tests pass their own clock. Default: Date.now */
  now?: () => number
}

/** One Dify app, ready to run rows. Opens no connection by itself. */
export function openApp({
  baseUrl,
  apiKey,
  mode,
  fileLimits = {},
  fileHosts = [],
  fileSource = NOWHERE,
  memory = new AppMemory(),
  secrets = NO_SECRETS,
  limits = {},
  now = Date.now,
}: OpenAppOptions): DifyApp {
  const access = { baseUrl: normalizeBaseUrl(baseUrl), apiKey }
  const { runMs, lookUpMs, uploadMs, downloadMs } = { ...LIMITS, ...limits }
  const answering = { access, secrets, withinMs: lookUpMs }
  const files = { limits: fileLimits, hosts: fileHosts, source: fileSource, uploadMs, downloadMs }
  return {
    canLookUp: canLookUp(mode),
    hasQueue: KINDS[mode].hasRuns,
    run: (call) => run(access, { mode, files, withinMs: runMs, memory, secrets }, call),
    lookUp: (ref, signal) => lookUp(access, { mode, withinMs: lookUpMs, memory, now }, ref, signal),
    ...(KINDS[mode].hasRuns && {
      join: (ref, hooks) => join(access, { mode, withinMs: lookUpMs, memory, secrets }, ref, hooks),
      answer: (form, answer, signal) => answerForm(answering, form, answer, signal),
      stateOf: (form, signal) => stateOfForm(answering, form, signal),
    }),
    stop: (ref, signal) => stop(access, { mode, memory }, ref, signal),
  }
}

const NOWHERE: FileSource = {
  open: () => Promise.resolve(undefined),
  spool: () => Promise.reject(new Error('there is no place for files')),
}
