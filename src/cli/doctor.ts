import { listWorkflows, openWorkflowKey } from '../db/workflows.ts'
import { examineDiscord } from '../bots/discord/doctor.ts'
import type { Finding } from '../bots/finding.ts'
import { examineSlack } from '../bots/slack/doctor.ts'
import { describeApp } from '../dify/describe-app.ts'
import { UserError } from '../engine/user-error.ts'
import type { Rowbot } from '../rowbot.ts'
import { examinePage, type PageFinding } from './examine-page.ts'
import { EXIT } from './finish.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Screen } from './screen.ts'

const MARKS = { fine: '✔', warning: '!' } satisfies Record<PageFinding['kind'], string>

/** Says what is well and what is missing of the set-up: the page, every workflow's key, the chats. Exit code 1 when something is. */
export async function doctor(bot: Rowbot, screen: Screen): Promise<number> {
  await addConfigured(bot, screen)
  const { slack, discord } = bot.config
  const findings = [
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
  for (const { ok, sentence } of findings) screen.print(`${ok ? '✔' : '✖'} ${sentence}`)
  return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.couldNotRun
}

async function examineWorkflows(bot: Rowbot): Promise<Finding[]> {
  const workflows = await listWorkflows(bot.db)
  if (workflows.length === 0) {
    return [{ ok: false, sentence: 'No workflow is set up. Add one: bun rowbot workflow add' }]
  }
  return Promise.all(
    workflows.map(async (workflow): Promise<Finding> => {
      try {
        const apiKey = await openWorkflowKey(bot.db, bot.box, workflow.id)
        await describeApp({ baseUrl: bot.lines.urlOf(workflow), apiKey })
        return { ok: true, sentence: `“${workflow.name}” answers, and its key works.` }
      } catch (fault) {
        if (!(fault instanceof UserError)) throw fault
        return { ok: false, sentence: `“${workflow.name}”: ${fault.message} ${fault.hint ?? ''}`.trim() }
      }
    }),
  )
}
