import { open, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { Argument, type Command, Option } from 'commander'
import { AUDIT_FORMATS, type AuditFormat, exportAudit, type TimeRange } from '../app/audit-export.ts'
import { ERASABLE, type Erasable, erase } from '../app/erase.ts'
import { exportPerson } from '../app/export-person.ts'
import type { Receipt } from '../client/rowbot.ts'
import { UserError } from '../engine/user-error.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import { type Done, type Io, inert, type Screen } from './screen.ts'

/** Where the data is: in the data folder here, or at a server. */
export interface PeopleData {
  erase: (what: Erasable, subject: string) => Promise<Receipt>
  exportPerson: (person: string) => Promise<AsyncIterable<string | Uint8Array>>
  audit: (format: AuditFormat, range: TimeRange) => Promise<AsyncIterable<string | Uint8Array>>
}

/** erase, export, audit */
export function addPeopleCommands(
  program: Command,
  data: PeopleData,
  screen: Io['screen'],
  done: Done,
): void {
  program
    .command('erase')
    .description('erase a task, all that is kept of a person, or a workflow with its tasks; prints a receipt')
    .addArgument(new Argument('<what>').choices(ERASABLE))
    .argument('<subject>', 'id of the task or workflow; name or id of the person: slack:TEAM:USER')
    .requiredOption('--yes', 'it cannot be undone')
    .option('--json', 'print JSON', false)
    .action(async (what: Erasable, subject: string, { json }: { json: boolean }) => {
      showReceipt(await data.erase(what, subject), screen(json), json)
      done(EXIT.done)
    })
  program
    .command('export')
    .description('write what is kept of a person to a JSON file')
    .argument('<person>', 'name or id: slack:TEAM:USER')
    .requiredOption('-o, --out <path>', 'where it goes; there must be no such file')
    .action(async (person: string, { out }: { out: string }) => {
      await written(out, await data.exportPerson(person))
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
      await written(out, await data.audit(format, range))
      screen(false).print(out)
      done(EXIT.done)
    })
}

/** The data in the data folder here. */
export function peopleHere(open: Io['open']): PeopleData {
  return {
    async erase(what, subject) {
      const receipt = await erase(await open(), actorHere(), what, subject)
      return { ...receipt, at: new Date(receipt.at).toISOString() }
    },
    exportPerson: async (person) => exportPerson(await open(), actorHere(), person),
    audit: async (format, range) => exportAudit((await open()).db, format, range),
  }
}

function showReceipt(receipt: Receipt, screen: Screen, json: boolean): void {
  const { id, what, subject, at, by, erased } = receipt
  if (json) return screen.print(JSON.stringify(receipt, null, 2))
  screen.print(`Erased: ${what} ${inert(subject)}, on ${at}, by ${inert(by)}.`)
  for (const [kind, count] of Object.entries(erased)) screen.print(`  ${kind}: ${count.toLocaleString('en')}`)
  screen.note(`The audit has it as ${id}. What is in chats and in Dify stays there.`)
}

/**
 * Readable by its owner only. Half a file is taken away again: it would pass for a whole one.
 * @throws UserError if there is such a file, or it cannot be written
 */
async function written(path: string, parts: AsyncIterable<string | Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((fault: unknown) => {
    throw unwritten(path, fault)
  })
  try {
    await pipeline(Readable.from(parts), file.createWriteStream())
  } catch (fault) {
    await rm(path, { force: true })
    throw unwritten(path, fault)
  }
}

function unwritten(path: string, fault: unknown): unknown {
  if (!(fault instanceof Error && 'syscall' in fault)) return fault
  return new UserError(`${path} cannot be written: ${fault.message}.`, 'Choose another name.')
}

function timeOf(text: string): number {
  const at = Date.parse(text)
  if (!Number.isNaN(at)) return at
  throw new UserError(`“${text}” is not a time.`, 'Write 2026-11-01, or 2026-11-01T08:00Z.')
}
