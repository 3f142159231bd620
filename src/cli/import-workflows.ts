import type { Command } from 'commander'
import { foundJson, importedJson } from '../app/import-json.ts'
import {
  type DifyWorkspace,
  type FoundApps,
  importApps,
  type ImportableApp,
  type ImportedApp,
  listImportable,
} from '../app/import-workflows.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { UserError } from '../engine/user-error.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { EXIT } from './end-code.ts'
import { actorHere } from './pick-workflow.ts'
import type { Done, Io, Screen } from './screen.ts'

/** Where the admin API key comes from: an argument would stay in the shell’s history. */
const KEY_SETTING = 'DIFY_ADMIN_API_KEY'

/** workflow import */
export function addImportCommand(group: Command, { open, screen }: Io, done: Done): void {
  group
    .command('import')
    .description(
      `list the apps of a self-hosted Dify, or add those that are named; its admin API key is in ${KEY_SETTING}`,
    )
    .argument('[apps...]', 'names or ids; none: only list them')
    .requiredOption('--workspace <id>', 'id of the workspace in Dify')
    .option('--url <address>', 'of the Dify server; default DIFY_BASE_URL')
    .option('--all', 'add all that are not here yet', false)
    .option('--json', 'print JSON', false)
    .action(async (names: string[], flags: ImportFlags) =>
      done(await importWorkflows(await open(), names, flags, screen(flags.json))),
    )
}

export interface ImportFlags {
  workspace: string
  url?: string
  all: boolean
  json: boolean
}

/** Returns the exit code: someFailed if an app could not be added. @throws UserError */
export async function importWorkflows(
  bot: Rowbot,
  names: string[],
  { workspace, url, all, json }: ImportFlags,
  screen: Screen,
  env: Record<string, string | undefined> = process.env,
): Promise<number> {
  const adminKey = env[KEY_SETTING]?.trim() ?? ''
  if (adminKey === '')
    throw new UserError(
      'The admin API key is missing.',
      `Set ${KEY_SETTING} to ADMIN_API_KEY of the Dify server’s .env.`,
    )
  if (all && names.length > 0) throw new UserError('Either --all or the apps that are named.')
  const server = { baseUrl: url ?? bot.config.dify.baseUrl, adminKey, workspaceId: workspace }
  if (!all && names.length === 0) {
    showFound(await listImportable(bot, actorHere(), server), json, screen)
    return EXIT.done
  }
  const chosen = all ? 'all' : await idsOf(bot, names, server)
  const imported = await importApps(bot, actorHere(), server, chosen)
  if (json) screen.print(JSON.stringify(imported.map(importedJson)))
  else for (const app of imported) showImported(app, screen)
  if (!json && imported.length === 0) screen.print('The workspace has no app that Rowbot can run.')
  return imported.some(({ kind }) => kind === 'failed') ? EXIT.someFailed : EXIT.done
}

/** @throws UserError for a name that no app has, or that several have */
async function idsOf(bot: Rowbot, names: string[], server: DifyWorkspace): Promise<string[]> {
  const { apps } = await listImportable(bot, actorHere(), server)
  return names.map((wanted) => {
    const named = apps.filter((app) => app.id === wanted || sameName(app, wanted))
    const [app, ...others] = named
    if (!app)
      throw new UserError(
        `The workspace has no app “${wanted}” that Rowbot can run.`,
        'Without names, the command lists them.',
      )
    if (others.length > 0)
      throw new UserError(
        `The workspace has several apps called “${wanted}”.`,
        `Name one by its id: ${named.map(({ id }) => id).join(', ')}.`,
      )
    return app.id
  })
}

function sameName({ name }: ImportableApp, wanted: string): boolean {
  return name.trim().toLowerCase() === wanted.trim().toLowerCase()
}

function showFound(found: FoundApps, json: boolean, screen: Screen): void {
  if (json) return screen.print(JSON.stringify(foundJson(found)))
  const { kinds } = textsFor('en').workflowsPage
  for (const { id, name, mode, description, workflowId } of found.apps) {
    screen.print(`${name}  (${kinds[mode]}${workflowId === undefined ? '' : ', already here'})  ${id}`)
    if (description !== '') screen.print(`          ${description.replaceAll(/\s+/g, ' ')}`)
  }
  if (found.apps.length === 0) screen.print('The workspace has no app that Rowbot can run.')
  if (found.others > 0)
    screen.note(
      `${found.others} more ${found.others === 1 ? 'is' : 'are'} of kinds that Rowbot does not run.`,
    )
  if (found.apps.some(({ workflowId }) => workflowId === undefined))
    screen.note('To add some, repeat the command with their names or ids, or with --all.')
}

function showImported(app: ImportedApp, screen: Screen): void {
  switch (app.kind) {
    case 'added':
      screen.print(`Added: ${app.name}`)
      if (app.isKeyShared)
        screen.warn(
          `  “${app.name}” has ten keys already, the most that Dify allows. Its newest one is used: whoever deletes that one in Dify stops it here.`,
        )
      return
    case 'existing':
      return screen.print(`Already here: ${app.name}`)
    case 'failed':
      return screen.warn(
        `Not added: ${app.name}. ${app.why.message}${app.why.hint === undefined ? '' : ` ${app.why.hint}`}`,
      )
  }
}
