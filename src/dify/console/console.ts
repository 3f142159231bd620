import type { z } from 'zod'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import { parsed } from '../client/answers.ts'
import { refusalOf } from '../client/faults.ts'
import { ask, type Ask, discard, type HttpAnswer, normalizeBaseUrl, textOf } from '../client/http.ts'
import { AppsPage, Keys, NewKey } from './answers.ts'
import { errorOf, isNotDify, refused, unreachable, withoutSecret } from './refusal.ts'

/*
 * The console API of a self-hosted Dify, which is not documented: its own web page uses it. With ADMIN_API_KEY_ENABLE=true
 * and an ADMIN_API_KEY, the server lets a program in as the owner of a workspace. Sources: api/controllers/console/apikey.py,
 * api/controllers/console/app/app.py and api/extensions/ext_login.py of langgenius/dify. A key of an app is seen whole.
 *
 * The admin key may do everything there. It goes to this one server, redirects are not followed, and nothing that is
 * thrown here has it.
 */

/** One workspace of one server. */
export interface ConsoleAccess {
  /** of the service API, as `consoleAccess` gives it: https://dify.example.com/v1 */
  baseUrl: string
  adminKey: string
  workspaceId: string
}

export interface ConsoleApp {
  id: string
  name: string
  /** undefined: the server does not say */
  mode: string | undefined
  description: string
}

export interface AppKey {
  id: string
  token: string
}

const PAGE_SIZE = 100
/** 20,000 apps: a server that says “more” for ever ends somewhere. */
const MOST_PAGES = 200
const PATIENCE_MS = 15_000

/**
 * What a person gave, checked.
 * @param given its address with or without the /v1 of the service API
 * @throws UserError that repeats nothing of it: a key may have been pasted into the wrong field
 */
export function consoleAccess(given: ConsoleAccess): ConsoleAccess {
  const address = normalizeBaseUrl(given.baseUrl)
  if (!isBare(address)) throw new UserError(say('not-a-server-address'), say('do-check-console-address'))
  const adminKey = given.adminKey.trim()
  if (!/^[\u0021-\u007e]+$/.test(adminKey))
    throw new UserError(say('not-an-admin-key'), say('do-find-admin-key'))
  const workspaceId = given.workspaceId.trim().toLowerCase()
  // Dify's database refuses anything else, and the server then answers 500.
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(workspaceId))
    throw new UserError(say('not-a-workspace-id'), say('do-find-workspace-id'))
  const { pathname } = new URL(address)
  return { baseUrl: pathname.endsWith('/v1') ? address : `${address}/v1`, adminKey, workspaceId }
}

/** A path is fine, since a proxy may serve Dify below one. */
function isBare(address: string): boolean {
  if (!/^https?:\/\/./.test(address) || !URL.canParse(address)) return false
  const { search, hash, username, password } = new URL(address)
  return [search, hash, username, password].every((part) => part === '')
}

/** All apps of the workspace, as the server orders them. @throws UserError */
export async function listConsoleApps(access: ConsoleAccess, signal?: AbortSignal): Promise<ConsoleApp[]> {
  const apps = new Map<string, ConsoleApp>()
  for (let page = 1; page <= MOST_PAGES; page++) {
    const query = { page, limit: PAGE_SIZE }
    const { data, has_more } = await read(access, { method: 'GET', path: '/apps', query }, AppsPage, signal)
    const before = apps.size
    for (const { id, name, mode, description } of data)
      apps.set(id, { id, name, mode: mode ?? undefined, description: description ?? '' })
    // An app that was made meanwhile moves others to the next page, so a page may repeat some, but never all.
    if (has_more !== true || apps.size === before) break
  }
  return [...apps.values()]
}

/** The keys of an app, newest first. @throws UserError */
export async function listAppKeys(
  access: ConsoleAccess,
  appId: string,
  signal?: AbortSignal,
): Promise<AppKey[]> {
  const { data } = await read(access, { method: 'GET', path: keysPath(appId) }, Keys, signal)
  return data.toSorted((a, b) => b.created_at - a.created_at)
}

/**
 * Makes a key for an app.
 * @returns `too many`: Dify gives an app no more than ten
 * @throws UserError
 */
export async function makeAppKey(
  access: ConsoleAccess,
  appId: string,
  signal?: AbortSignal,
): Promise<AppKey | 'too many'> {
  return asked(access, { method: 'POST', path: keysPath(appId), json: {} }, signal, async (answer) => {
    if (answer.statusCode === 400) {
      const refusal = await refusalOf(answer)
      if (refusal.code === 'max_keys_exceeded' || TOO_MANY.test(refusal.text)) return 'too many'
      throw errorOf(refusal)
    }
    return bodyOf(access, answer, NewKey)
  })
}

/** “Cannot create more than 10 API keys for this resource type.” Newer versions say it with the code of any 400. */
const TOO_MANY = /more than \d+ api keys/i

/** Deletes a key of an app. @throws UserError */
export async function deleteAppKey(
  access: ConsoleAccess,
  appId: string,
  keyId: string,
  signal?: AbortSignal,
): Promise<void> {
  const path = `${keysPath(appId)}/${encodeURIComponent(keyId)}`
  await asked(access, { method: 'DELETE', path }, signal, async (answer) => {
    if (answer.statusCode >= 300) throw await refused(answer)
    discard(answer)
  })
}

/** Where people find an app in Dify, if its console is where its API is, as with Dify's own docker-compose.yaml. */
export function appPageOf({ baseUrl }: ConsoleAccess, appId: string): string {
  return `${baseUrl.replace(/\/v1$/, '')}/app/${appId}`
}

function keysPath(appId: string): string {
  return `/apps/${encodeURIComponent(appId)}/api-keys`
}

function read<S extends z.ZodType>(
  access: ConsoleAccess,
  what: Ask,
  schema: S,
  signal: AbortSignal | undefined,
): Promise<z.output<S>> {
  return asked(access, what, signal, (answer) => bodyOf(access, answer, schema))
}

async function bodyOf<S extends z.ZodType>(
  access: ConsoleAccess,
  answer: HttpAnswer,
  schema: S,
): Promise<z.output<S>> {
  if (answer.statusCode !== 200 && answer.statusCode !== 201) throw await refused(answer)
  const body = schema.safeParse(parsed(await textOf(answer)))
  if (body.success) return body.data
  throw isNotDify(hostOf(access))
}

/** @throws UserError, without the admin key */
async function asked<T>(
  access: ConsoleAccess,
  what: Ask,
  outer: AbortSignal | undefined,
  answered: (answer: HttpAnswer) => Promise<T>,
): Promise<T> {
  const patience = AbortSignal.timeout(PATIENCE_MS)
  const signal = outer ? AbortSignal.any([outer, patience]) : patience
  const { baseUrl, adminKey: apiKey, workspaceId } = access
  const api = { baseUrl: baseUrl.replace(/\/v1$/, '/console/api'), apiKey }
  try {
    const answer = await ask(api, { ...what, headers: { 'x-workspace-id': workspaceId }, signal })
    return await answered(answer)
  } catch (fault) {
    const said = fault instanceof UserError ? fault : unreachable(hostOf(access), fault, signal)
    throw withoutSecret(said, apiKey)
  }
}

function hostOf({ baseUrl }: ConsoleAccess): string {
  return new URL(baseUrl).host
}
