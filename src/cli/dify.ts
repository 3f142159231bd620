import type { Command } from 'commander'
import { findByName } from '../app/find-workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { listWorkflows, openWorkflowKey } from '../db/workflows/workflows.ts'
import { askProbe, probesFor, type ServerFact } from '../dify/apps/check-server.ts'
import type { Workflow } from '../engine/workflow.ts'
import { EXIT } from './end-code.ts'
import { addConfigured } from './pick-workflow.ts'
import type { Done, Io, Screen } from './screen.ts'

const MARKS = { fine: '✔', warning: '!', broken: '✖' } satisfies Record<ServerFact['kind'], string>

/** dify check */
export function addDifyCommands(program: Command, { open, screen }: Io, done: Done): void {
  program
    .command('dify')
    .description('the Dify servers that the workflows are on')
    .command('check')
    .description('ask each server by a few harmless calls what holds there; runs nothing, costs nothing')
    .option('-w, --workflow <name>', 'name or id; default: one workflow of each server')
    .action(async ({ workflow }: { workflow?: string }) =>
      done(await checkServers(await open(), workflow, screen(false))),
    )
}

/** Says what is going to be asked, asks it, and says what the answers mean. Exit code 1 where a server does not answer. */
export async function checkServers(bot: Rowbot, wanted: string | undefined, screen: Screen): Promise<number> {
  await addConfigured(bot, screen)
  const workflows = wanted === undefined ? await oneOfEach(bot) : [await findByName(bot, wanted)]
  const facts: ServerFact[] = []
  for (const workflow of workflows) facts.push(...(await checkServer(bot, workflow, screen)))
  return facts.some(({ kind }) => kind === 'broken') ? EXIT.couldNotRun : EXIT.done
}

async function checkServer(bot: Rowbot, workflow: Workflow, screen: Screen): Promise<ServerFact[]> {
  const access = {
    baseUrl: await bot.runtimes.urlOf(workflow),
    apiKey: await openWorkflowKey(bot.db, bot.box, workflow.id),
  }
  const probes = probesFor(workflow.mode)
  screen.print(
    `${access.baseUrl} is asked with the key of “${workflow.name}”. Nothing is run and nothing is paid:`,
  )
  for (const { call, purpose } of probes) screen.print(`  ${call.method} ${call.path}  ${purpose}`)
  screen.print('')

  const facts: ServerFact[] = []
  for (const probe of probes) {
    const fact = await askProbe(access, probe)
    facts.push(fact)
    screen.print(`${MARKS[fact.kind]} ${fact.sentence}`)
    if (fact.kind === 'broken') {
      screen.print('The rest was not asked.')
      return facts
    }
  }
  if (workflow.mode === 'completion') screen.print(`! ${NEVER_FOUND}`)
  screen.print('')
  return facts
}

const NEVER_FOUND =
  'A text generator’s answer cannot be looked up: a call without an answer may be paid twice. Use a workflow.'

/** One key is one app, and what holds for one app of a server holds for all. A workflow tells most. */
async function oneOfEach(bot: Rowbot): Promise<Workflow[]> {
  const all = await listWorkflows(bot.db)
  if (all.length === 0) await findByName(bot, '') // says how to add one
  const enabled = all.filter((workflow) => workflow.enabled)
  const tellingMost = enabled.toSorted(
    (a, b) => Number(b.mode === 'workflow') - Number(a.mode === 'workflow'),
  )
  return tellingMost.filter(
    ({ baseUrl }, at) => tellingMost.findIndex((one) => one.baseUrl === baseUrl) === at,
  )
}
