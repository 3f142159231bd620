import type { Command } from 'commander'
import { findByName } from '../app/find-workflow.ts'
import { changeMonthLimit, findPerson, usageBy, usageOf, type UsageSum } from '../app/usage.ts'
import { usageCsv } from '../app/usage-csv.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { sumText } from '../app/results.ts'
import type { LimitSubject } from '../db/usage/month-limits.ts'
import { MONTH, monthOf } from '../engine/month.ts'
import { type MonthLimit, monthLimitText, parseMonthLimit } from '../engine/month-limit.ts'
import { UserError } from '../engine/user-error.ts'
import { alignedLines } from '../messages/columns.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Done, Io, Screen } from './screen.ts'

/** usage, usage limit */
export function addUsageCommands(program: Command, { open, screen }: Io, done: Done): void {
  const group = program
    .command('usage')
    .description('who has spent what, by workflow and person; months are those of UTC')
    .option('--month <month>', 'such as 2026-11, or all; default: this month')
    .option('--csv', 'print CSV, by month, workflow and person', false)
    .action(async (flags: UsageFlags) => done(await showUsage(await open(), flags, screen(flags.csv))))
  group
    .command('limit')
    .description('show or set what a person may cost a month')
    .argument('<person>', 'name or id, as usage has it')
    .argument('[most]', '“50 USD”, “200000 tokens” or none')
    .action(async (person: string, most: string | undefined) =>
      done(await limitPerson(await open(), person, most, screen(false))),
    )
}

interface UsageFlags {
  month?: string
  csv: boolean
}

export async function showUsage(bot: Rowbot, { month, csv }: UsageFlags, screen: Screen): Promise<number> {
  if (month !== undefined && month !== 'all' && !MONTH.test(month))
    throw new UserError(`“${month}” is not a month.`, 'Write it as 2026-11, or all.')
  if (csv) {
    const one = month === 'all' ? undefined : (month ?? monthOf(bot.clock.now()))
    // A terminal and a pipe have no use for what Excel needs.
    screen.print((await usageCsv(bot.db, one)).replace('\ufeff', '').replaceAll('\r\n', '\n').trimEnd())
    return EXIT.done
  }
  const usage = await usageOf(bot, month)
  const limitsOf = (of: LimitSubject['of']) =>
    new Map(usage.limits.filter((limit) => limit.of === of).map(({ subject, limit }) => [subject, limit]))
  const none = new Map<string, MonthLimit>()
  const parts: [string, UsageSum[], Map<string, MonthLimit>][] = [
    ...(usage.month === undefined
      ? ([['Month', usageBy(usage.lines, 'month'), none]] satisfies (typeof parts)[number][])
      : []),
    ['Workflow', usageBy(usage.lines, 'workflow'), limitsOf('workflow')],
    ['Person', usageBy(usage.lines, 'person'), limitsOf('person')],
  ]
  screen.print(usage.month ?? 'All months')
  if (usage.lines.length === 0) screen.print('Nothing was called.')
  else for (const [title, sums, limits] of parts) screen.print(`\n${table(title, sums, limits).join('\n')}`)
  return EXIT.done
}

function table(title: string, sums: UsageSum[], limits: Map<string, MonthLimit>): string[] {
  return alignedLines([
    [title, 'tasks', 'rows', 'calls', 'tokens', 'money', 'a month at most'],
    ...sums.map(({ key, name, tasks, rows, calls, tokens, prices, unpriced }) => {
      const limit = limits.get(key)
      return [
        name,
        ...[tasks, rows, calls, tokens].map((count) => count.toLocaleString('en')),
        [
          ...prices.map((sum) => `${sumText(sum)} ${sum.currency}`),
          ...(unpriced > 0 && prices.length > 0 ? [`price of ${unpriced} unknown`] : []),
        ].join(', ') || '–',
        limit ? monthLimitText(limit) : '',
      ]
    }),
  ])
}

/** Shows what a person may cost a month; with a limit, after setting it. */
export async function limitPerson(
  bot: Rowbot,
  wanted: string,
  most: string | undefined,
  screen: Screen,
): Promise<number> {
  const { key, name } = await findPerson(bot.db, wanted)
  const subject = { of: 'person', subject: key } as const
  if (most !== undefined) await changeMonthLimit(bot, actorHere(), subject, limitOf(most))
  screen.print(await limitLine(bot, subject, name))
  return EXIT.done
}

/** The same of a workflow. */
export async function limitWorkflowMonth(bot: Rowbot, wanted: string, most: string): Promise<void> {
  const { id } = await findByName(bot, wanted)
  await changeMonthLimit(bot, actorHere(), { of: 'workflow', subject: id }, limitOf(most))
}

/** `“Product copywriter” may cost 50 USD a month.` */
export async function limitLine(bot: Rowbot, { of, subject }: LimitSubject, name: string): Promise<string> {
  const { limits } = await usageOf(bot)
  const found = limits.find((limit) => limit.of === of && limit.subject === subject)
  return found
    ? `“${name}” may cost ${monthLimitText(found.limit)} a month.`
    : `“${name}” has no limit a month.`
}

function limitOf(most: string): MonthLimit | null {
  if (/^(?:none|no|off)$/i.test(most.trim())) return null
  const limit = parseMonthLimit(most)
  if (limit) return limit
  throw new UserError(
    `“${most}” is not a limit a month.`,
    'Write an amount and a currency, such as "50 USD", "200000 tokens", or none.',
  )
}
