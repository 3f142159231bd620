import { ROWBOT } from '../engine/this-program.ts'
import { parseLimitOrNone } from '../engine/limits.ts'
import type { Command } from 'commander'
import { findByName } from '../app/find-workflow.ts'
import {
  addSandboxWorkflows,
  addWorkflow as add,
  checkWorkflow as check,
  changeKey,
  removeWorkflow as remove,
  syncWorkflow as sync,
} from '../app/workflows.ts'
import { CALL_LIMIT, PER_MINUTE, TOKENS_PER_MINUTE } from '../app/workflow-settings.ts'
import { listed, ranged } from './arguments.ts'
import { askLine } from './ask-line.ts'
import { addImportCommand } from './import-workflows.ts'
import {
  type AccessFlags,
  type LimitFlags,
  limitWorkflow,
  type OutputFlags,
  requireOutputs,
  setWorkflowAccess,
  showConsole,
} from './workflow-settings.ts'
import type { Done, Io, Screen } from './screen.ts'
import { listWorkflows as findWorkflows } from '../db/workflows/workflows.ts'
import { inEnglish, type Sentence } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'
import type { Variable, Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { EXIT } from './end-code.ts'
import { foundWorkflows } from '../app/workflow-search.ts'
import { actorHere, addConfigured, orderOf } from './pick-workflow.ts'

/** workflow add, import, list, key, access, sync, check, remove */
export function addWorkflowCommands(program: Command, io: Io, done: Done): void {
  const { open, screen } = io
  const group = program.command('workflow').description('the Dify apps that may be run')
  group
    .command('add')
    .description('add an app by its API key; its name and inputs come from Dify')
    .option('--key <key>', 'the app’s API key; without it, it is read from standard input')
    .option('--url <address>', 'of Dify’s service API; default DIFY_BASE_URL')
    .addOption(
      ranged('--limit <n>', `calls at once over all tasks; ${CALL_LIMIT.usual} for a new app`, CALL_LIMIT),
    )
    .addOption(ranged('--per-minute <n>', 'calls a minute over all tasks', PER_MINUTE))
    .addOption(ranged('--tokens-per-minute <n>', 'tokens a minute over all tasks', TOKENS_PER_MINUTE))
    .option('--sandbox', 'add the sandbox’s sample apps instead', false)
    .action(async (options: AddFlags) => done(await addWorkflow(await open(), options, screen(false))))
  addImportCommand(group, io, done)
  for (const command of [group.command('list'), program.command('workflows')])
    command
      .description(
        'list them with their inputs; with words, those whose name, description, kind, server or inputs have them',
      )
      .argument('[search...]', 'words to search for')
      .option('--json', 'print JSON', false)
      .action(async (words: string[], { json }: { json: boolean }) =>
        done(await listWorkflows(await open(), { json, search: words.join(' ') }, screen(json))),
      )
  for (const [name, description, action] of [
    ['sync', 'ask Dify for its name and inputs again', syncWorkflow],
    ['check', 'ask Dify whether the key works, and say what of the app has changed', checkWorkflow],
    ['remove', 'remove one that has no tasks', removeWorkflow],
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
    .command('limit')
    .description('say how many calls it takes over all tasks, or set it')
    .argument('<name>', 'name or id')
    .addOption(ranged('--at-once <n>', 'calls at once', CALL_LIMIT))
    .addOption(ranged('--per-minute <n>', 'calls a minute', PER_MINUTE))
    .addOption(ranged('--tokens-per-minute <n>', 'tokens a minute', TOKENS_PER_MINUTE))
    .option('--no-rates', 'no limit a minute: as many as get through')
    .option(
      '--per-task <most>',
      'what a task may cost, unless it is said: “5 USD”, “200k tokens” or none',
      parseLimitOrNone,
    )
    .option('--per-month <most>', 'what it may cost a month: “50 USD”, “200000 tokens” or none')
    .action(async (wanted: string, options: LimitFlags) =>
      done(await limitWorkflow(await open(), wanted, options, screen(false))),
    )
  group
    .command('outputs')
    .description('say which of its outputs must be there, or set it: a row without one has failed')
    .argument('<name>', 'name or id')
    .option('--required <names>', 'these, separated by commas', listed)
    .option('--none', 'whatever it gives will do', false)
    .action(async (wanted: string, options: OutputFlags) =>
      done(await requireOutputs(await open(), wanted, options, screen(false))),
    )
  group
    .command('console')
    .description('say where it is in Dify’s own pages, so that rows link to its log there')
    .argument('<name>', 'name or id')
    .argument('[address]', 'of any page of the app in Dify; none: no link')
    .action(async (wanted: string, address: string | undefined) =>
      done(await showConsole(await open(), wanted, address, screen(false))),
    )
  group
    .command('access')
    .description('show or set who may run it in the chats: people, channels and roles by the chat’s own ids')
    .argument('<name>', 'name or id')
    .option('--everyone', 'open it to everyone', false)
    .option('--users <ids>', 'these people', listed)
    .option('--channels <ids>', 'everyone in these channels', listed)
    .option('--roles <ids>', 'everyone with these roles', listed)
    .action(async (wanted: string, options: AccessFlags) =>
      done(await setWorkflowAccess(await open(), wanted, options, screen(false))),
    )
}

export interface AddFlags {
  key?: string
  url?: string
  limit?: number
  perMinute?: number
  tokensPerMinute?: number
  sandbox: boolean
}

export async function addWorkflow(
  bot: Rowbot,
  { key, url, sandbox, limit, perMinute, tokensPerMinute }: AddFlags,
  screen: Screen,
): Promise<number> {
  if (sandbox) {
    for (const workflow of await addSandboxWorkflows(bot, actorHere())) screen.print(workflowLine(workflow))
    return EXIT.done
  }
  const apiKey = key ?? (await askForKey())
  const baseUrl = url ?? bot.config.dify.baseUrl
  const given = {
    baseUrl,
    apiKey,
    ...(limit !== undefined && { limit }),
    ...(perMinute !== undefined && { perMinute }),
    ...(tokensPerMinute !== undefined && { tokensPerMinute }),
  }
  screen.print(workflowLine((await add(bot, actorHere(), given)).workflow))
  return EXIT.done
}

export async function listWorkflows(
  bot: Rowbot,
  { json, search }: { json: boolean; search: string },
  screen: Screen,
): Promise<number> {
  await addConfigured(bot, screen)
  const all = await findWorkflows(bot.db)
  const order = await orderOf(bot, all)
  const found = search === '' ? all : foundWorkflows(all, search, order).map(({ workflow }) => workflow)
  if (json) screen.print(JSON.stringify(found))
  else if (all.length === 0) screen.print(`No workflows yet. Add one: ${ROWBOT} workflow add`)
  else if (found.length === 0) screen.print(`No workflow matches “${search}”.`)
  else for (const workflow of found) screen.print(workflowLine(workflow, order.labels.get(workflow.id)))
  return EXIT.done
}

export async function syncWorkflow(bot: Rowbot, wanted: string, screen: Screen): Promise<number> {
  const { workflow, changes } = await sync(bot, actorHere(), await findByName(bot, wanted))
  screen.print(workflowLine(workflow))
  printChanges(changes, screen)
  return EXIT.done
}

/** Sets a new key for an app whose old one was revoked. Its tasks and its access stay. */
export async function replaceKey(
  bot: Rowbot,
  wanted: string,
  { key }: { key?: string },
  screen: Screen,
): Promise<number> {
  const workflow = await findByName(bot, wanted)
  await changeKey(bot, actorHere(), workflow, key ?? (await askForKey()))
  screen.print(
    `“${workflow.name}” has a new key, and it works. Resume continues tasks that the old one stopped.`,
  )
  return EXIT.done
}

export async function checkWorkflow(bot: Rowbot, wanted: string, screen: Screen): Promise<number> {
  const workflow = await findByName(bot, wanted)
  const { app, changes, isSerious } = await check(bot, actorHere(), workflow)
  const hint = changes.length > 0 ? ` It has changed; to take that over: ${ROWBOT} workflow sync` : ''
  screen.print(`“${app.name}” answers, and its key works.${hint}`)
  printChanges(changes, screen)
  return isSerious ? EXIT.someFailed : EXIT.done
}

function printChanges(changes: Sentence[], screen: Screen): void {
  for (const change of changes) screen.print(`  · ${inEnglish(change)}`)
}

export async function removeWorkflow(bot: Rowbot, wanted: string, screen: Screen): Promise<number> {
  const workflow = await findByName(bot, wanted)
  await remove(bot, actorHere(), workflow)
  screen.print(`Removed “${workflow.name}”.`)
  return EXIT.done
}

/** @param label what to type for it, where its name is not its own */
function workflowLine(workflow: Workflow, label = workflow.name): string {
  const { id, mode, variables, enabled, requiredOutputs = [] } = workflow
  const inputs = variables.map(inputText).join(', ') || 'none'
  const must = requiredOutputs.length === 0 ? '' : `\n          must give: ${requiredOutputs.join(', ')}`
  return `${id.slice(0, 8)}  ${label} (${mode})${enabled ? '' : ' · switched off'}\n          inputs: ${inputs}${must}`
}

/** `tone (select: formal, casual)`, with a star if required */
function inputText({ name, type, required, options }: Variable): string {
  return `${name}${required ? '*' : ''} (${options ? `${type}: ${options.join(', ')}` : type})`
}

/**
 * Reads an API key without showing it. It is not an argument, so that it stays out of the shell’s history.
 * @throws UserError if none is given
 */
export async function askForKey(): Promise<string> {
  const key = (await askLine('API key (not shown): ', { isSecret: true }))?.trim() ?? ''
  if (key !== '') return key
  throw new UserError('An API key is needed.', 'Copy it from the app’s “API Access” page in Dify.')
}
