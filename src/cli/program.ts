import { Command, Option } from 'commander'
import { type TaskLimit, parseLimitOrNone } from '../engine/limits.ts'
import { VERSION } from '../engine/this-program.ts'
import { RANGES } from '../engine/parameters.ts'
import { rowRangesOf } from '../workbook/row-ranges.ts'
import type { RowRange } from '../workbook/types.ts'
import { MAX_SAMPLE } from '../engine/trial.ts'
import { further, mapped, ranged, setForAll } from './arguments.ts'
import type { CheckFlags } from './check.ts'
import { addDifyCommands } from './dify.ts'
import { type Done, type Io, inert } from './screen.ts'
import type { GivenConstants, GivenMapping } from './mapping.ts'
import { printLink } from './page.ts'
import { addReadingOptions, type ReadingFlags } from './reading.ts'
import { addDataCommands } from './data-commands.ts'
import type { DoctorFlags } from './doctor.ts'
import { addEncryptCommands } from './encrypt.ts'
import { type NotifyFlags, notifyChoiceOf } from './notify.ts'
import { addKeyCommands } from './key.ts'
import { addPeopleCommands, peopleHere } from './people.ts'
import { type Roles, rolesOf } from './roles.ts'
import { addReviewCommands } from './reviews.ts'
import { addSetupCommands } from './setup/commands.ts'
import { addTaskCommands } from './tasks.ts'
import { addTokenCommands } from './tokens.ts'
import { addUsageCommands } from './usage.ts'
import { addWorkflowCommands } from './workflows.ts'

/**
 * The command line. Every command passes its exit code to `done`. What needs much code imports it when it is called, so
 * that the others start without.
 */
export function createProgram({ open, screen }: Io, done: Done): Command {
  const program = new Command('rowbot')
    .description('Runs a Dify workflow on every row of an Excel or CSV file.')
    .option(
      '--server <url>',
      'act on the Rowbot at this address; its token is in ROWBOT_TOKEN (see --server URL --help)',
    )
    .version(`rowbot ${VERSION}`, '-V, --version', 'print the version')
    .helpCommand(false)
    .showHelpAfterError('(rowbot COMMAND --help shows what it takes)')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ outputError: (text, write) => write(inert(withHint(text))) })

  addReadingOptions(addSourceOptions(program.command('run')))
    .description('check a file, run every good row of it, write the result next to it')
    .option(
      '-w, --workflow <name>',
      'name or id; not needed when there is one, or only one fits the headings',
    )
    .option('--name <text>', 'what the task is called')
    .addOption(ranged('--concurrency <n>', 'rows at once', RANGES.concurrency))
    .addOption(ranged('--retries <n>', 'further attempts after a failed one', RANGES.retries))
    .addOption(ranged('--timeout <seconds>', 'time limit of a row', RANGES.timeoutSeconds))
    .option('--only-new', 'call only the rows that no earlier task with this workflow has answered')
    .option('--each', 'call every row, also those that send the same as another')
    .addOption(new Option('--rows <rows>', 'the same as --only').argParser(rowRangesOf))
    .addOption(
      ranged('--sample <n>', 'try so many rows that differ, then pause: `resume` runs the others', {
        min: 1,
        max: MAX_SAMPLE,
      }),
    )
    .addOption(
      new Option(
        '--at-most <limit>',
        'pause before it costs more: "5 USD", "200k tokens", none; default: the workflow’s own',
      ).argParser(parseLimitOrNone),
    )
    .option('--webhook <url>', 'send a webhook when it has ended; --no-webhook: none')
    .option('--no-webhook')
    .option('--email <address>', 'send an e-mail then; may be repeated; --no-email: none', further)
    .option('--no-email')
    .option('--to-folder', 'write the result to the results folder, too; --no-to-folder: do not')
    .option('--no-to-folder')
    .option('--against <name>', 'run the same rows in this workflow, too, and compare: 20 rows that differ')
    .option('--all', 'with --against: compare all rows')
    .option('-o, --out <path>', 'where the result goes; .csv for CSV')
    .option('--json', 'print one JSON object', false)
    .action(async (file: string | undefined, { files, workflow, rows, ...options }: RunFlags) => {
      const only = rows ?? options.only
      const notify = notifyChoiceOf(options)
      const all = { ...options, ...(only !== undefined && { only }), ...(notify && { notify }), workflow }
      const { run } = await import('./run.ts')
      done(await run(await open(), { file, files }, all, screen(options.json)))
    })

  addReadingOptions(addSourceOptions(program.command('check')))
    .description('show what is in a file and every fault, run nothing')
    .option('-w, --workflow <name>', 'check every row against this workflow’s inputs')
    .option('--rows', 'print each row’s values as they were read', false)
    .option('--marked [path]', 'write a copy of the file with the bad cells marked')
    .option('--json', 'print one JSON object', false)
    .action(async (file: string | undefined, { files, ...flags }: CheckFlags & { files?: string[] }) => {
      const { checkFile } = await import('./check.ts')
      done(await checkFile(await open(), { file, files }, flags, screen(flags.json)))
    })

  program
    .command('demo')
    .description(
      'run the sample workbook through the built-in sandbox: nothing to set up, no model is called',
    )
    .option(
      '--exit',
      'exit when the result is written, without the page; default if standard output is not a terminal',
    )
    .option('--no-exit', 'keep the page open, even if standard output is not a terminal')
    .action(async ({ exit = !process.stdout.isTTY }: { exit?: boolean }) => {
      const { demo, demoWithPage } = await import('./demo.ts')
      done(await (exit ? demo : demoWithPage)(await open(), screen(false)))
    })

  addSetupCommands(program, { screen }, done)
  addDataCommands(program, { screen }, done)
  addTaskCommands(program, { open, screen }, done)
  addReviewCommands(program, { open, screen }, done)
  addWorkflowCommands(program, { open, screen }, done)
  addDifyCommands(program, { open, screen }, done)
  addUsageCommands(program, { open, screen }, done)
  addTokenCommands(program, { open, screen }, done)
  addPeopleCommands(program, peopleHere(open), screen, done)
  addKeyCommands(program, { open, screen }, done)
  addEncryptCommands(program, { open, screen }, done)

  program
    .command('template')
    .description('write a workbook to fill in for a workflow')
    .requiredOption('-w, --workflow <name>', 'name or id')
    .option('-o, --out <path>', 'where it goes')
    .action(async (options: { workflow: string; out?: string }) => {
      const { saveTemplate } = await import('./template.ts')
      done(await saveTemplate(await open(), options, screen(false)))
    })

  program
    .command('sandbox')
    .description('serve a sandbox that speaks Dify’s API and calls no model')
    .addOption(ranged('--port <n>', 'default: any free one', { min: 0, max: 65_535 }))
    .action(async (options: { port?: number }) => {
      const { runSandbox } = await import('./demo.ts')
      done(await runSandbox(options, screen(false)))
    })

  program
    .command('doctor')
    .description('check the set-up: what works and what is missing')
    .addOption(
      ranged('--listen [seconds]', 'wait for somebody to try the bot in Slack, and say what has arrived', {
        min: 10,
        max: 3_600,
      }).preset('180'),
    )
    .option('--slack-channel <channel>', 'post in a Slack channel and delete it again: #name or id')
    .option('--discord-channel <id>', 'check the bot’s permissions in a Discord channel or thread')
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.ts') // loads the chats, which are large
      done(await doctor(await open(), flags, screen(false)))
    })

  program
    .command('discord')
    .description('the bot in Discord')
    .command('register')
    .description('register the commands with Discord, and print the link that adds the bot to a server')
    .action(async () => {
      const { registerInDiscord } = await import('./discord.ts')
      done(await registerInDiscord(await open(), screen(false)))
    })

  program
    .command('page')
    .description('print the link that signs in to the page (see serve)')
    .action(async () => done(await printLink(await open(), screen(false))))

  program
    .command('serve')
    .description('serve the page, run waiting tasks and answer in the chats, until stopped')
    .addOption(
      new Option(
        '--roles <roles>',
        'what this machine does of bot,admin,worker; default: everything. Only with Postgres may one be left out',
      ).argParser(rolesOf),
    )
    .action(async ({ roles }: { roles?: Roles }) => {
      const { serve } = await import('./serve.ts')
      done(await serve(await open(), screen(false), roles))
    })

  return program
}

/** Gives a command what says which files it is about, and what of them feeds which input. */
function addSourceOptions(command: Command): Command {
  return command
    .argument(
      '[file]',
      'a workbook (.xlsx, .xlsm, .xls, .xlsb, .ods) or .csv file; without it, each file of --files is a row',
    )
    .option(
      '--files <path>',
      'a folder, ZIP or file that comes along: cells name it; may be repeated',
      further,
    )
    .option('--map <input=heading>', 'which column feeds an input; may be repeated; remembered', mapped)
    .option(
      '--set <input=value>',
      'one value for all rows, instead of a column; may be repeated; of an input that takes files, @PATH is a file',
      setForAll,
    )
}

interface RunFlags extends ReadingFlags, NotifyFlags {
  map?: GivenMapping
  set?: GivenConstants
  workflow?: string
  name?: string
  concurrency?: number
  retries?: number
  timeout?: number
  sample?: number
  atMost?: TaskLimit | null
  against?: string
  all?: boolean
  rows?: RowRange[]
  out?: string
  files?: string[]
  json: boolean
}

/** A file name that begins with a dash looks like an option; a shell makes many words of `*.pdf`. */
function withHint(error: string): string {
  if (/too many arguments for '(?:run|check)'/.test(error))
    return `${error.trimEnd()}\nFor several files, name their folder: --files FOLDER\n`
  const file = /unknown option '(-[^']*\.(?:xls[xmb]?|ods|csv))'/i.exec(error)?.[1]
  return file ? `${error.trimEnd()}\nIf it is a file, write ./${file}\n` : error
}

const EXIT_CODES = `
Exit codes: 0 every row succeeded, 1 it could not run, 2 some rows failed, 130 interrupted (resume goes on).
Settings are environment variables: see .env.example.`
