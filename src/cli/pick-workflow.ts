import { listWorkflows } from '../db/workflows/workflows.ts'
import { FILE_COLUMN } from '../engine/files.ts'
import { UserError } from '../engine/user-error.ts'
import type { Workflow } from '../engine/workflow.ts'
import type { Rowbot } from '../app/rowbot.ts'
import type { Reading, UploadFile } from '../workbook/types.ts'
import { defaultOf } from '../workbook/check/defaults.ts'
import { checkUpload } from '../workbook/workbook.ts'
import type { Actor } from '../app/actor.ts'
import { AmbiguousWorkflow, findByName, namesOf } from '../app/find-workflow.ts'
import { labelsOf } from '../app/workflow-labels.ts'
import { foundWorkflows, type WorkflowOrder } from '../app/workflow-search.ts'
import { listRecentWorkflows } from '../db/tasks/recent-workflows.ts'
import { textsFor } from '../messages/texts/texts.ts'
import { type AskPerson, askWorkflow } from './ask-workflow.ts'
import { addConfiguredWorkflows } from '../app/workflows.ts'
import { constantsFor } from './feeding.ts'
import { findInput, type GivenConstants } from './mapping.ts'
import type { Screen } from './screen.ts'
import { userInfo } from 'node:os'

/** What decides which workflow fits. */
export interface Fitting {
  /** reads the file, if it has to be looked at */
  upload: () => Promise<UploadFile>
  how: Reading
  set: GivenConstants | undefined
}

/**
 * The named workflow; without a name, the only one there is, or the only one whose required inputs are fed by headings,
 * files or given values. Where several could be meant, a person at a terminal picks one.
 * @param ask undefined: nobody can be asked
 * @throws UserError that names the choices
 */
export async function resolveWorkflow(
  bot: Rowbot,
  wanted: string | undefined,
  about: Fitting,
  { screen, ask }: AtTerminal,
): Promise<Workflow> {
  await addConfigured(bot, screen)
  if (wanted !== undefined) return named(bot, wanted, { screen, ask })

  const enabled = (await listWorkflows(bot.db)).filter((workflow) => workflow.enabled)
  const [only] = enabled
  if (!only) return findByName(bot, '')
  if (enabled.length === 1) return only

  const fitting = await fitFor(bot, enabled, about)
  if (fitting.length === 1 && fitting[0]) return fitting[0]
  const sentence = 'More than one workflow could run this file.'
  const fits = new Set(fitting.map(({ id }) => id))
  const order = { ...(await orderOf(bot, enabled)), fits: ({ id }: Workflow) => fits.has(id) }
  if (ask) {
    screen.note(sentence)
    return askWorkflow((typed) => foundWorkflows(enabled, typed, order), { screen, ask })
  }
  const names = namesOf(fitting.length > 0 ? fitting : enabled, order.labels)
  throw new UserError(sentence, `Choose one with --workflow: ${names}.`)
}

export interface AtTerminal {
  screen: Screen
  /** undefined: nobody can be asked */
  ask: AskPerson | undefined
}

/**
 * The workflow of this name, label or id. Where several are meant, a person at a terminal picks one.
 * @throws UserError that names the choices
 */
export async function named(bot: Rowbot, wanted: string, { screen, ask }: AtTerminal): Promise<Workflow> {
  try {
    return await findByName(bot, wanted)
  } catch (fault) {
    if (!ask || !(fault instanceof AmbiguousWorkflow)) throw fault
    screen.note(fault.message)
    const order = await orderOf(bot, await listWorkflows(bot.db))
    return askWorkflow((typed) => foundWorkflows(fault.candidates, typed, order), { screen, ask })
  }
}

/** What decides the order of a list for the person at the command line, to whom every task counts. */
export async function orderOf(bot: Rowbot, workflows: Workflow[]): Promise<WorkflowOrder> {
  const texts = textsFor('en')
  return { texts, labels: labelsOf(workflows, texts), recent: await listRecentWorkflows(bot.db) }
}

/** Adds new apps of DIFY_API_KEYS. Prints a warning for any that cannot be added. */
export async function addConfigured(bot: Rowbot, screen: Screen): Promise<void> {
  for (const { message, hint } of await addConfiguredWorkflows(bot))
    screen.warn(`${message}${hint ? ` ${hint}` : ''}`)
}

async function fitFor(bot: Rowbot, workflows: Workflow[], { upload: read, how, set = {} }: Fitting) {
  const upload = await read()
  const fitting: Workflow[] = []
  for (const workflow of workflows) {
    if (Object.keys(set).some((input) => findInput(workflow, input) === undefined)) continue
    const { variables } = workflow
    const constants = constantsFor(workflow, set)
    const { mapping } = await checkUpload(upload, { ...how, variables, constants }, bot.config.limits)
    const isFed = (name: string) => typeof mapping[name] === 'number' || Object.hasOwn(constants, name)
    const needed = variables.filter((one) => one.required && !defaultOf(one))
    const isMeant = upload.listsFiles ? Object.values(mapping).includes(FILE_COLUMN) : needed.length > 0
    if (isMeant && needed.every(({ name }) => isFed(name))) fitting.push(workflow)
  }
  return fitting
}

/** Name of the person at the command line, for tasks and their log. */
export function personHere(): string {
  const name = accountName().trim()
  return name === '' || name === 'unknown' ? 'the command line' : name // Bun says “unknown” if $USER is not set
}

/** The same for use cases: access to the data folder means full rights. */
export function actorHere(): Actor {
  return { face: 'cli', name: personHere(), role: 'admin' }
}

function accountName(): string {
  try {
    return userInfo().username
  } catch {
    return '' // in a container the user id may have no account
  }
}
