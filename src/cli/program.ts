import { Command, InvalidArgumentError, Option } from 'commander'
import { type Range, RANGES } from '../engine/parameters.ts'
import type { Rowbot } from '../rowbot.ts'
import { checkFile } from './check.ts'
import { demo } from './demo.ts'
import { resolveWorkflow } from './pick-workflow.ts'
import { run } from './run.ts'
import { runSandbox } from './sandbox.ts'
import type { Screen } from './screen.ts'
import { serve } from './serve.ts'
import { deleteTask, listTasks, pause, resume, retry, saveResult, status, stop } from './tasks.ts'
import { saveTemplate } from './template.ts'
import {
  addWorkflow,
  type AddFlags,
  checkWorkflow,
  listWorkflows,
  removeWorkflow,
  syncWorkflow,
} from './workflows.ts'

export interface Io {
  /** the bot on the data folder of this environment; made once, when a command needs it */
  open: () => Promise<Rowbot>
  /** @param quiet nothing but results on standard output, nothing beside them */
  screen: (quiet: boolean) => Screen
}

/** The command line. Every command gives its exit code to `done`. */
export function createProgram({ open, screen }: Io, done: (code: number) => void): Command {
  const program = new Command('rowbot')
    .description('Runs a Dify workflow on every row of an Excel or CSV file.')
    .helpCommand(false)
    .showHelpAfterError('(rowbot COMMAND --help shows what it takes)')
    .addHelpText('after', EXIT_CODES)

  program
    .command('run')
    .description('check a file, run every good row of it, write the result beside it')
    .argument('<file>', 'an .xlsx or .csv file')
    .option(
      '-w, --workflow <name>',
      'name or id; not needed when there is one, or only one fits the headings',
    )
    .option('--name <text>', 'what the task is called')
    .addOption(ranged('--concurrency <n>', 'rows at once', RANGES.concurrency))
    .addOption(ranged('--retries <n>', 'further attempts after a failed one', RANGES.retries))
    .addOption(ranged('--timeout <seconds>', 'time limit of a row', RANGES.timeoutSeconds))
    .option('--sheet <name>', 'which sheet; default the first one with rows')
    .option('-o, --out <path>', 'where the result goes; .csv for CSV')
    .option('--json', 'print one JSON object', false)
    .action(async (file: string, options: RunFlags) => {
      const bot = await open()
      const out = screen(options.json)
      const workflow = await resolveWorkflow(bot, options.workflow, { file, sheet: options.sheet }, out)
      done(await run(bot, file, { ...options, workflow }, out))
    })

  program
    .command('check')
    .description('say what is in a file and every fault, run nothing')
    .argument('<file>', 'an .xlsx or .csv file')
    .option('-w, --workflow <name>', 'check every row against this workflow’s inputs')
    .option('--sheet <name>', 'which sheet')
    .addOption(ranged('--heading-row <n>', 'the row that has the headings', { min: 1, max: 1_048_576 }))
    .option('--rows', 'print each row’s values as they were read', false)
    .option('--marked [path]', 'write a copy of the file with the bad cells marked')
    .option('--json', 'print one JSON object', false)
    .action(async (file: string, options: CheckFlags) => {
      done(await checkFile(await open(), file, options, screen(options.json)))
    })

  program
    .command('demo')
    .description(
      'run the sample workbook through the built-in sandbox: nothing to set up, no model is called',
    )
    .action(async () => done(await demo(await open(), screen(false))))

  addTaskCommands(program, { open, screen }, done)
  addWorkflowCommands(program, { open, screen }, done)

  program
    .command('template')
    .description('write a workbook to fill in for a workflow')
    .requiredOption('-w, --workflow <name>', 'name or id')
    .option('-o, --out <path>', 'where it goes')
    .action(async (options: { workflow: string; out?: string }) => {
      done(await saveTemplate(await open(), options, screen(false)))
    })

  program
    .command('sandbox')
    .description('serve a sandbox that speaks Dify’s API and calls no model')
    .addOption(ranged('--port <n>', 'default: any free one', { min: 0, max: 65_535 }))
    .action(async (options: { port?: number }) => done(await runSandbox(options, screen(false))))

  program
    .command('serve')
    .description('run what waits, until it is told to stop')
    .action(async () => done(await serve(await open(), screen(false))))

  return program
}

function addTaskCommands(program: Command, { open, screen }: Io, done: (code: number) => void): void {
  const json = (command: Command) => command.option('--json', 'print JSON', false)

  json(program.command('tasks').description('list the tasks, newest first')).action(
    async (options: { json: boolean }) => done(await listTasks(await open(), options, screen(options.json))),
  )
  json(program.command('status').description('say how a task goes on').argument('<id>')).action(
    async (id: string, options: { json: boolean }) =>
      done(await status(await open(), id, options, screen(options.json))),
  )
  for (const [name, description, action] of [
    ['stop', 'end a task now: what is in flight is stopped at Dify, results are kept', stop],
    ['pause', 'begin no further row; those in flight finish', pause],
    ['delete', 'delete a task with its rows, results and log', deleteTask],
  ] as const) {
    program
      .command(name)
      .description(description)
      .argument('<id>')
      .action(async (id: string) => done(await action(await open(), id, screen(false))))
  }
  for (const [name, description, action] of [
    ['resume', 'go on with a paused, stopped or interrupted task, here, to its end', resume],
    ['retry', 'run the failed rows again, here, to their end', retry],
  ] as const) {
    const command = json(program.command(name).description(description).argument('<id>')).option(
      '-o, --out <path>',
      'where the result goes',
    )
    if (name === 'retry')
      command.option('--rows <numbers>', 'only these rows of the sheet: 31,88', rowNumbers)
    command.action(async (id: string, options: { json: boolean; out?: string; rows?: number[] }) =>
      done(await action(await open(), id, options, screen(options.json))),
    )
  }
  program
    .command('result')
    .description('write the result as it stands now, finished or not')
    .argument('<id>')
    .option('-o, --out <path>', 'where it goes; .csv for CSV')
    .action(async (id: string, options: { out?: string }) =>
      done(await saveResult(await open(), id, options, screen(false))),
    )
}

function addWorkflowCommands(program: Command, { open, screen }: Io, done: (code: number) => void): void {
  const group = program.command('workflow').description('the Dify apps that may be run')
  group
    .command('add')
    .description('add an app by its API key; its name and inputs come from Dify')
    .option('--key <key>', 'the app’s API key; without it, it is read from standard input')
    .option('--url <address>', 'of Dify’s service API; default DIFY_BASE_URL')
    .addOption(ranged('--limit <n>', 'calls at once over all tasks', { min: 1, max: 1_000, default: 10 }))
    .option('--sandbox', 'add the sandbox’s sample apps instead', false)
    .action(async (options: AddFlags) => done(await addWorkflow(await open(), options, screen(false))))
  group
    .command('list')
    .description('list them with their inputs')
    .option('--json', 'print JSON', false)
    .action(async (options: { json: boolean }) =>
      done(await listWorkflows(await open(), options, screen(options.json))),
    )
  for (const [name, description, action] of [
    ['sync', 'ask Dify for its name and inputs again', syncWorkflow],
    ['check', 'ask Dify whether the key works and the inputs are still the same', checkWorkflow],
    ['remove', 'remove one that no task needs any more', removeWorkflow],
  ] as const) {
    group
      .command(name)
      .description(description)
      .argument('<name>', 'name or id')
      .action(async (wanted: string) => done(await action(await open(), wanted, screen(false))))
  }
}

interface RunFlags {
  workflow?: string
  name?: string
  concurrency?: number
  retries?: number
  timeout?: number
  sheet?: string
  out?: string
  json: boolean
}

export interface CheckFlags {
  workflow?: string
  sheet?: string
  headingRow?: number
  /** a path, or true for one beside the file */
  marked?: string | true
  rows: boolean
  json: boolean
}

const EXIT_CODES = `
Exit codes: 0 every row succeeded, 1 it could not run, 2 some rows failed, 130 interrupted (resume goes on).
Settings are environment variables: see .env.example.`

function ranged(
  flags: string,
  description: string,
  { min, max, ...rest }: Omit<Range, 'default'> & { default?: number },
): Option {
  const shown =
    rest.default === undefined
      ? `${description} (${min}–${max})`
      : `${description} (${min}–${max}, default ${rest.default})`
  return new Option(flags, shown).argParser((text) => {
    const value = Number(text)
    if (text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max) return value
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`)
  })
}

function rowNumbers(text: string): number[] {
  const rows = text.split(',').map(Number)
  if (rows.every((row) => Number.isInteger(row) && row > 0)) return rows
  throw new InvalidArgumentError('Give row numbers with commas between: 31,88.')
}
