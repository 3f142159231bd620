import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Argument, type Command, Option } from 'commander'
import { AUDIT_FORMATS, type AuditFormat, exportAudit } from '../app/audit-export.ts'
import { ERASABLE, type Erasable, erase } from '../app/erase.ts'
import { exportPerson } from '../app/export-person.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { UserError } from '../engine/user-error.ts'
import { EXIT } from './finish.ts'
import { actorHere } from './pick-workflow.ts'
import { type Done, type Io, inert, type Screen } from './screen.ts'

/** erase, export, audit */
export function addPeopleCommands(program: Command, { open, screen }: Io, done: Done): void {
  program
    .command('erase')
    .description('erase a task, all that is kept of a person, or a workflow with its tasks; prints a receipt')
    .addArgument(new Argument('<what>').choices(ERASABLE))
    .argument('<subject>', 'id of the task or workflow; name or id of the person: slack:TEAM:USER')
    .requiredOption('--yes', 'it cannot be undone')
    .option('--json', 'print JSON', false)
    .action(async (what: Erasable, subject: string, { json }: { json: boolean }) =>
      done(await eraseHere(await open(), what, subject, screen(json), json)),
    )
  program
    .command('export')
    .description('write what is kept of a person to a JSON file')
    .argument('<person>', 'name or id: slack:TEAM:USER')
    .requiredOption('-o, --out <path>', 'where it goes; there must be no such file')
    .action(async (person: string, { out }: { out: string }) => {
      const bot = await open()
      await written(out, await exportPerson(bot, actorHere(), person))
      screen(false).print(out)
      done(EXIT.done)
    })
  program
    .command('audit')
    .description('write who did what to a file, oldest first')
    .requiredOption('-o, --out <path>', 'where it goes; there must be no such file')
    .addOption(
      new Option('--format <format>', 'jsonl: a JSON object a line').choices(AUDIT_FORMATS).default('csv'),
    )
    .option('--since <time>', 'from then on: 2026-11-01, or with a time: 2026-11-01T08:00Z', timeOf)
    .option('--until <time>', 'before then', timeOf)
    .action(async (flags: { out: string; format: AuditFormat; since?: number; until?: number }) => {
      const { out, format, ...range } = flags
      const { db } = await open()
      await written(out, exportAudit(db, format, range))
      screen(false).print(out)
      done(EXIT.done)
    })
}

export async function eraseHere(
  bot: Rowbot,
  what: Erasable,
  subject: string,
  screen: Screen,
  json: boolean,
): Promise<number> {
  const receipt = await erase(bot, actorHere(), what, subject)
  const at = new Date(receipt.at).toISOString()
  if (json) screen.print(JSON.stringify({ ...receipt, at }, null, 2))
  else {
    screen.print(`Erased: ${what} ${inert(subject)}, on ${at}, by ${inert(receipt.by)}.`)
    for (const [kind, count] of Object.entries(receipt.erased))
      screen.print(`  ${kind}: ${count.toLocaleString('en')}`)
    screen.note(`The audit has it as ${receipt.id}. What is in chats and in Dify stays there.`)
  }
  return EXIT.done
}

/** Readable by its owner only. @throws UserError if there is such a file, or it cannot be written */
async function written(path: string, parts: AsyncGenerator<string>): Promise<void> {
  try {
    await pipeline(Readable.from(parts), createWriteStream(path, { flags: 'wx', mode: 0o600 }))
  } catch (fault) {
    if (!(fault instanceof Error && 'code' in fault)) throw fault
    throw new UserError(`${path} cannot be written: ${fault.message}.`, 'Choose another name.')
  }
}

function timeOf(text: string): number {
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw new UserError(`“${text}” is not a time.`, 'Write 2026-11-01, or 2026-11-01T08:00Z.')
}
