import { Command, Option } from 'commander'
import { VERSION } from '../../engine/this-program.ts'
import { RANGES } from '../../engine/parameters.ts'
import { UserError } from '../../engine/user-error.ts'
import { Rowbot } from '../../client/rowbot.ts'
import { RESULT_FORMATS, type ResultFormat } from '../../app/results.ts'
import { putTo, ranged, rowNumbers, rowRanges } from '../arguments.ts'
import { addPeopleCommands } from '../people.ts'
import { type Done, inert, type Screen } from '../screen.ts'
import { peopleThere } from './people.ts'
import { checkThere, runThere } from './run.ts'
import { addSourceThere } from './source.ts'
import {
  againThere,
  fetchThere,
  listThere,
  moveThere,
  resultThere,
  retryThere,
  statusThere,
  workflowsThere,
} from './tasks.ts'
import { SERVER_FLAG } from './server-flag.ts'

export interface RemoteIo {
  screen: (quiet: boolean) => Screen
  token: string | undefined
  fetch?: (url: string, init: RequestInit) => Promise<Response>
}

/** The commands that work with a server elsewhere. The token is never on the command line, where others could see it. */
export function createRemoteProgram({ screen, token, fetch }: RemoteIo, done: Done): Command {
  const program = new Command('rowbot')
    .description('Acts on the Rowbot at --server, over its API.')
    .requiredOption(`${SERVER_FLAG} <url>`, 'address of the Rowbot; its token is in ROWBOT_TOKEN')
    .version(`rowbot ${VERSION}`, '-V, --version', 'print the version')
    .helpCommand(false)
    .configureOutput({ outputError: (text, write) => write(inert(text)) })
  const there = () => {
    const { server } = program.opts<{ server: string }>()
    if (!URL.canParse(server) || !/^https?:/.test(server))
      throw new UserError(
        `${server} is not an address.`,
        'Give it whole: --server https://rowbot.example.com',
      )
    if (token === undefined || token === '')
      throw new UserError('ROWBOT_TOKEN is not set.', 'Set it to a token of that Rowbot.')
    return new Rowbot({ url: server, token, ...(fetch && { fetch }) })
  }
  const json = (command: Command) => command.option('--json', 'print JSON', false)

  json(addSourceThere(program.command('run')))
    .description('send a file, run every good row of it there, write the result here')
    .option('--name <text>', 'what the task is called')
    .addOption(ranged('--concurrency <n>', 'rows at once', RANGES.concurrency))
    .addOption(ranged('--retries <n>', 'further attempts after a failed one', RANGES.retries))
    .addOption(ranged('--timeout <seconds>', 'time limit of a row', RANGES.timeoutSeconds))
    .option('--only-new', 'call only the rows that no earlier task with this workflow has answered')
    .option('--each', 'call every row, also those that send the same as another')
    .option('--at-most <limit>', 'pause before it costs more: "5 USD", "200k tokens", none')
    .option('-o, --out <path>', 'where the result goes; .csv for CSV')
    .action(async (file: string | undefined, options: Parameters<typeof runThere>[2]) =>
      done(await runThere(there(), file, options, screen(options.json))),
    )
  json(addSourceThere(program.command('check')))
    .description('send a file and show every fault, run nothing')
    .action(async (file: string | undefined, options: Parameters<typeof checkThere>[2]) =>
      done(await checkThere(there(), file, options, screen(options.json))),
    )
  json(program.command('tasks').description('list the tasks, newest first')).action(
    async (options: { json: boolean }) => done(await listThere(there(), options, screen(options.json))),
  )
  json(program.command('status').argument('<id>').description('show how far a task is')).action(
    async (id: string, options: { json: boolean }) =>
      done(await statusThere(there(), id, options, screen(options.json))),
  )
  for (const [name, description] of [
    ['pause', 'start no further rows; those in flight finish'],
    ['resume', 'continue a paused, stopped or interrupted task there'],
    ['stop', 'end a task now: what is in flight is stopped at Dify, results are kept'],
  ] as const)
    program
      .command(name)
      .argument('<id>')
      .description(description)
      .action(async (id: string) => done(await moveThere(there(), name, id, screen(false))))
  program
    .command('retry')
    .argument('<id>')
    .description('run the failed rows again there')
    .option('--rows <numbers>', 'only these rows of the sheet: 31,88', rowNumbers)
    .action(async (id: string, { rows }: { rows?: number[] }) =>
      done(await retryThere(there(), id, rows, screen(false))),
    )
  program
    .command('again')
    .argument('<id>')
    .description('run rows again there: those to look at, or those you name')
    .option('--rows <numbers>', 'only these rows of the sheet: 3-40,88', rowRanges)
    .option('--set <input=value>', 'send this from now on, with one row; may be repeated', putTo)
    .option('--as-in-file', 'send what the file has again, with one row', false)
    .option('-o, --out <path>', 'where the result goes')
    .action(async (id: string, options: Parameters<typeof againThere>[2]) =>
      done(await againThere(there(), id, options, screen(false))),
    )
  program
    .command('fetch')
    .argument('<id>')
    .description('fetch files of outputs again that could not be fetched')
    .option('--rows <numbers>', 'only of these rows of the sheet: 31,88', rowNumbers)
    .action(async (id: string, { rows }: { rows?: number[] }) =>
      done(await fetchThere(there(), id, rows, screen(false))),
    )
  program
    .command('result')
    .argument('<id>')
    .description('write the result so far')
    .option('-o, --out <path>', 'where it goes')
    .addOption(new Option('--format <format>', 'own, plain or csv').choices([...RESULT_FORMATS]))
    .action(async (id: string, options: { out?: string; format?: ResultFormat }) =>
      done(await resultThere(there(), id, options, screen(false))),
    )
  json(program.command('workflows').description('list the workflows')).action(
    async (options: { json: boolean }) => done(await workflowsThere(there(), options, screen(options.json))),
  )
  addPeopleCommands(program, peopleThere(there), screen, done)
  program
    .command('*', { hidden: true })
    .argument('[words...]')
    .allowUnknownOption()
    .action(([word = '']: string[]) => {
      throw new UserError(
        `“${word}” does not work with ${SERVER_FLAG}.`,
        'Run it on the machine of that Rowbot, or use its page.',
      )
    })
  return program
}
