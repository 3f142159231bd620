import { listWorkflows } from '../db/workflows/workflows.ts'
import { examineDiscord } from '../bots/discord/doctor.ts'
import type { DoctorResult } from '../bots/chat-health.ts'
import { examineSlack } from '../bots/slack/doctor.ts'
import { checkWorkflow } from '../app/workflows.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './finish.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Config } from '../app/config.ts'
import { ADMIN_TOKEN_FILE } from '../app/data-folder.ts'
import { isLoopback, pageAddress } from '../serve/page-address.ts'

const MARKS = { fine: '✔', warning: '!' } satisfies Record<PageResult['kind'], string>

/** Says what is well and what is missing of the set-up: the page, every workflow's key, the chats. Exit code 1 when something is. */
export async function doctor(bot: Rowbot, screen: Screen): Promise<number> {
  await addConfigured(bot, screen)
  const { slack, discord } = bot.config
  const results = [
    ...(await examineWorkflows(bot)),
    ...(await examineSlack(
      slack
        ? {
            botToken: slack.botToken,
            signingSecrets: slack.signingSecrets,
            ...(slack.appToken && { appToken: slack.appToken }),
            ...(slack.apiUrl && { apiUrl: slack.apiUrl }),
          }
        : { signingSecrets: [] },
      bot.log,
    )),
    ...(await examineDiscord(
      discord
        ? { token: discord.token, guilds: discord.guilds, ...(discord.apiUrl && { apiUrl: discord.apiUrl }) }
        : {},
      bot.log,
    )),
  ]
  for (const { kind, sentence } of examinePage(bot.config)) screen.print(`${MARKS[kind]} ${sentence}`)
  for (const { ok, sentence } of results) screen.print(`${ok ? '✔' : '✖'} ${sentence}`)
  return results.every(({ ok }) => ok) ? EXIT.done : EXIT.couldNotRun
}

async function examineWorkflows(bot: Rowbot): Promise<DoctorResult[]> {
  const workflows = await listWorkflows(bot.db)
  if (workflows.length === 0) {
    return [{ ok: false, sentence: 'No workflow is set up. Add one: bun rowbot workflow add' }]
  }
  return Promise.all(
    workflows.map(async (workflow): Promise<DoctorResult> => {
      try {
        await checkWorkflow(bot, workflow)
        return { ok: true, sentence: `“${workflow.name}” answers, and its key works.` }
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        return { ok: false, sentence: `“${workflow.name}”: ${fault.message} ${fault.hint ?? ''}`.trim() }
      }
    }),
  )
}

/** warning: it works, but not as one should leave it. */
export interface PageResult {
  kind: 'fine' | 'warning'
  sentence: string
}

/** What is so of the page, by its settings: whether it is served just now is no matter of them. */
export function examinePage({ http, dataDir }: Config): PageResult[] {
  const { host, port, publicUrl } = http
  const open = isLoopback(host) ? 'reachable from this machine alone' : 'reachable from other machines'
  const results = [
    fine(`The page is served at ${pageAddress(http)} (${host}, port ${port}: ${open}).`),
    fine(tokenText(http.adminToken, join(dataDir, ADMIN_TOKEN_FILE))),
  ]
  if (publicUrl === undefined)
    results.push(
      isLoopback(host)
        ? fine('ROWBOT_PUBLIC_URL is not set: messages in the chats do not link to the page.')
        : warning(
            'The page is reachable from other machines, by its number alone and without https, so that tokens and ' +
              'files can be read on the way. Put a proxy with https before it, and set ROWBOT_PUBLIC_URL.',
          ),
    )
  else if (!publicUrl.startsWith('https:'))
    results.push(
      warning(
        `ROWBOT_PUBLIC_URL is ${publicUrl}, without https: tokens and files can be read on the way. See docs/operate.md.`,
      ),
    )
  return results
}

function tokenText(given: string | undefined, file: string): string {
  if (given !== undefined) return 'The admin token is the one in ROWBOT_ADMIN_TOKEN.'
  if (existsSync(file)) return `The admin token is kept in ${file}. bun rowbot page prints the link with it.`
  return 'The admin token is made when the page is first served, and printed once as a link.'
}

function fine(sentence: string): PageResult {
  return { kind: 'fine', sentence }
}

function warning(sentence: string): PageResult {
  return { kind: 'warning', sentence }
}
