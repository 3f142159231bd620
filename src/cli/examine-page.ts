import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../config.ts'
import { ADMIN_TOKEN_FILE } from '../data-folder.ts'
import { isLoopback, pageAddress } from '../page-address.ts'

/** warning: it works, but not as one should leave it. */
export interface PageFinding {
  kind: 'fine' | 'warning'
  sentence: string
}

/** What is so of the page, by its settings: whether it is served just now is no matter of them. */
export function examinePage({ http, dataDir }: Config): PageFinding[] {
  const { host, port, publicUrl } = http
  const open = isLoopback(host) ? 'reachable from this machine alone' : 'reachable from other machines'
  const findings = [
    fine(`The page is served at ${pageAddress(http)} (${host}, port ${port}: ${open}).`),
    fine(tokenText(http.adminToken, join(dataDir, ADMIN_TOKEN_FILE))),
  ]
  if (publicUrl === undefined)
    findings.push(
      isLoopback(host)
        ? fine('ROWBOT_PUBLIC_URL is not set: messages in the chats do not link to the page.')
        : warning(
            'The page is reachable from other machines, by its number alone and without https, so that tokens and ' +
              'files can be read on the way. Put a proxy with https before it, and set ROWBOT_PUBLIC_URL.',
          ),
    )
  else if (!publicUrl.startsWith('https:'))
    findings.push(
      warning(
        `ROWBOT_PUBLIC_URL is ${publicUrl}, without https: tokens and files can be read on the way. See docs/operate.md.`,
      ),
    )
  return findings
}

function tokenText(given: string | undefined, file: string): string {
  if (given !== undefined) return 'The admin token is the one in ROWBOT_ADMIN_TOKEN.'
  if (existsSync(file)) return `The admin token is kept in ${file}. bun rowbot page prints the link with it.`
  return 'The admin token is made when the page is first served, and printed once as a link.'
}

function fine(sentence: string): PageFinding {
  return { kind: 'fine', sentence }
}

function warning(sentence: string): PageFinding {
  return { kind: 'warning', sentence }
}
