import type { DifyApp } from '../../engine/outcome.ts'
import type { App, AppMode } from '../../engine/workflow.ts'
import { normalizeBaseUrl } from '../client/http.ts'
import { lookUp } from '../run/look-up.ts'
import { run } from '../run/run.ts'
import { stop } from '../run/stop.ts'

export interface OpenAppOptions {
  /** of the service API, with the version: https://api.dify.ai/v1 */
  baseUrl: string
  /** one key is one app */
  apiKey: string
  mode: AppMode
  /** as `describeApp` told them; without them Dify's defaults hold */
  fileLimits?: App['fileLimits']
  /** fetch files from private networks and over plain http too, where the app takes uploads only. Default: no. */
  allowPrivateFiles?: boolean
}

/** One Dify app, ready to run rows. Opens no connection by itself. */
export function openApp({
  baseUrl,
  apiKey,
  mode,
  fileLimits = {},
  allowPrivateFiles = false,
}: OpenAppOptions): DifyApp {
  const access = { baseUrl: normalizeBaseUrl(baseUrl), apiKey }
  const files = { limits: fileLimits, allowPrivate: allowPrivateFiles }
  return {
    canLookUp: mode !== 'completion',
    run: (call) => run(access, mode, files, call),
    lookUp: (ref, signal) => lookUp(access, mode, ref, signal),
    stop: (ref, signal) => stop(access, mode, ref, signal),
  }
}
