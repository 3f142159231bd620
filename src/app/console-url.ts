import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'

/** Longer addresses of Dify's pages there are not. */
export const CONSOLE_URL_CHARS = 500

/**
 * The address of an app in Dify's own pages, of whatever page of it was copied:
 * `https://dify.example.com/app/ID/workflow` → `https://dify.example.com/app/ID`. Dify may be under a path.
 * @throws UserError if it is no such address
 */
export function consoleUrlOf(copied: string): string {
  const text = copied.trim()
  const url = URL.canParse(text) ? new URL(text) : undefined
  const app =
    url && /^(?:\/[^/]+)*?\/app\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=\/|$)/i.exec(url.pathname)
  if (!url || !app || !/^https?:$/.test(url.protocol) || text.length > CONSOLE_URL_CHARS)
    throw new UserError(say('not-an-app-page'), say('do-copy-app-page'))
  return `${url.origin}${app[0]}`
}

/** Where Dify lists the runs of the app. */
export function logUrlOf(consoleUrl: string): string {
  return `${consoleUrl}/logs`
}
