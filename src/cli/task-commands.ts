import type { Command } from 'commander'
import { rowNumbers } from './arguments.ts'
import type { Done, Io } from './io.ts'
import { deleteTask, listTasks, pause, resume, retry, saveResult, status, stop } from './tasks.ts'

/** tasks, status, stop, pause, delete, resume, retry, result */
export function addTaskCommands(program: Command, { open, screen }: Io, done: Done): void {
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
