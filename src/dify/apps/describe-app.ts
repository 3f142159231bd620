import type { z } from 'zod'
import { APP_MODES, type App, type AppMode, type Variable } from '../../engine/workflow.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { Info, Parameters, parsed } from '../client/answers.ts'
import { outcomeOfFault, refusalOf } from '../client/faults.ts'
import { ask, textOf, normalizeBaseUrl, versionOf, type ApiAccess } from '../client/http.ts'
import { outcomeOfRefusal } from '../outcome.ts'
import { withQuestion } from '../run/payload.ts'
import { quote } from '../client/server-text.ts'
import { withAttachedFiles } from './attached-files.ts'
import { KINDS } from './kinds.ts'
import { variablesOf } from './variables.ts'

const PATIENCE_MS = 30_000

const CHECK_ADDRESS = say('do-check-api-address')

/**
 * What an app is and which inputs it takes, according to its server.
 * @throws UserError that says what is wrong: the key, the address, the server, or an app that Rowbot cannot run
 */
export async function describeApp({
  baseUrl,
  apiKey,
  signal = AbortSignal.timeout(PATIENCE_MS),
}: ApiAccess & { signal?: AbortSignal }): Promise<App> {
  const access = { baseUrl: normalizeBaseUrl(baseUrl), apiKey: apiKey.trim() }
  if (!/^https?:\/\//.test(access.baseUrl) || !URL.canParse(access.baseUrl)) {
    throw new UserError(say('not-an-address', { address: quote(baseUrl) }), CHECK_ADDRESS)
  }
  if (!/^[\u0021-\u007e]+$/.test(access.apiKey)) {
    throw new UserError(say('not-a-key'), say('do-copy-key'))
  }
  const { body: info, version } = await read(access, '/info', Info, signal)
  const mode = modeOf(info)
  const { body: parameters } = await read(access, '/parameters', Parameters, signal)
  const { user_input_form, file_upload, system_parameters } = parameters
  const limits = fileLimits(system_parameters ?? {})
  const form = withNumberOfFiles(variablesOf(user_input_form), limits)
  const variables = withAttachedFiles(form, file_upload)
  return {
    name: info.name,
    description: info.description ?? '',
    mode,
    variables: KINDS[mode].asks ? withQuestion(variables) : variables,
    fileLimits: limits,
    ...(version !== undefined && { serverVersion: version }),
  }
}

async function read<S extends z.ZodType>(
  access: ApiAccess,
  path: string,
  schema: S,
  signal: AbortSignal,
): Promise<{ body: z.output<S>; version: string | undefined }> {
  const answer = await ask(access, { method: 'GET', path, signal }).catch((fault: unknown) => {
    throw unreachable(access, fault, signal)
  })
  if (answer.statusCode !== 200) {
    const outcome = outcomeOfRefusal(await refusalOf(answer))
    const hint = outcome.kind === 'halted' ? outcome.hint : say('do-try-in-a-while')
    throw new UserError('error' in outcome ? outcome.error : say('dify-refuses-the-call'), hint)
  }
  const text = await textOf(answer).catch((fault: unknown) => {
    throw unreachable(access, fault, signal)
  })
  const body = schema.safeParse(parsed(text))
  if (body.success) return { body: body.data, version: versionOf(answer) }
  throw new UserError(say('server-is-not-dify', { host: hostOf(access) }), CHECK_ADDRESS)
}

function unreachable(access: ApiAccess, fault: unknown, signal: AbortSignal): UserError {
  if (signal.aborted) return new UserError(say('server-too-slow', { host: hostOf(access) }), CHECK_ADDRESS)
  const outcome = outcomeOfFault(fault)
  const host = hostOf(access)
  return new UserError(
    'error' in outcome
      ? say('server-unreachable-because', { host, why: outcome.error })
      : say('server-unreachable', { host }),
    CHECK_ADDRESS,
  )
}

function modeOf({ name, mode }: z.infer<typeof Info>): AppMode {
  const supported = APP_MODES.find((one) => one === mode)
  if (supported) return supported
  if (!mode) {
    throw new UserError(say('app-without-kind', { app: quote(name) }), say('do-update-dify'))
  }
  throw new UserError(
    mode === 'rag-pipeline'
      ? say('app-is-a-pipeline', { app: quote(name) })
      : say('app-of-other-kind', { app: quote(name), kind: quote(mode) }),
    say('do-use-another-app'),
  )
}

function fileLimits(limits: NonNullable<z.infer<typeof Parameters>['system_parameters']>): App['fileLimits'] {
  const found = {
    document: limits.file_size_limit,
    image: limits.image_file_size_limit,
    audio: limits.audio_file_size_limit,
    video: limits.video_file_size_limit,
    count: limits.workflow_file_upload_limit,
  }
  return Object.fromEntries(Object.entries(found).filter(([, limit]) => typeof limit === 'number'))
}

/** A list of files without a limit of its own has the server’s. */
function withNumberOfFiles(variables: Variable[], { count }: App['fileLimits']): Variable[] {
  if (!count) return variables
  return variables.map((variable) =>
    variable.type === 'file-list' ? { maxLength: count, ...variable } : variable,
  )
}

function hostOf({ baseUrl }: ApiAccess): string {
  return new URL(baseUrl).host
}
