import type { Command } from 'commander'
import { CALLS_AT_ONCE } from '../workflows.ts'
import { listed, ranged } from './arguments.ts'
import type { Done, Io } from './io.ts'
import { type AccessFlags, setWorkflowAccess } from './workflow-access.ts'
import {
  type AddFlags,
  addWorkflow,
  checkWorkflow,
  listWorkflows,
  removeWorkflow,
  replaceKey,
  syncWorkflow,
} from './workflows.ts'

/** workflow add, list, key, access, sync, check, remove */
export function addWorkflowCommands(program: Command, { open, screen }: Io, done: Done): void {
  const group = program.command('workflow').description('the Dify apps that may be run')
  group
    .command('add')
    .description('add an app by its API key; its name and inputs come from Dify')
    .option('--key <key>', 'the app’s API key; without it, it is read from standard input')
    .option('--url <address>', 'of Dify’s service API; default DIFY_BASE_URL')
    .addOption(
      ranged('--limit <n>', `calls at once over all tasks; ${CALLS_AT_ONCE} for a new app`, {
        min: 1,
        max: 1_000,
      }),
    )
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
  group
    .command('key')
    .description('give it a new key, when the old one was revoked')
    .argument('<name>', 'name or id')
    .option('--key <key>', 'the new key; without it, it is read from standard input')
    .action(async (wanted: string, options: { key?: string }) =>
      done(await replaceKey(await open(), wanted, options, screen(false))),
    )
  group
    .command('access')
    .description(
      'say who may run it in the chats, or set it: people, channels and roles by the chat’s own ids',
    )
    .argument('<name>', 'name or id')
    .option('--everyone', 'open it to everyone', false)
    .option('--users <ids>', 'these people', listed)
    .option('--channels <ids>', 'everyone in these channels', listed)
    .option('--roles <ids>', 'everyone with these roles', listed)
    .action(async (wanted: string, options: AccessFlags) =>
      done(await setWorkflowAccess(await open(), wanted, options, screen(false))),
    )
}
