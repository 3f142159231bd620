import type { Metrics } from '../app/metrics.ts'
import { PrometheusMetrics } from './metrics.ts'
import type { AdminOptions, Apps, Health, Tokens } from '../admin/options.ts'
import { totals } from '../db/stats/totals.ts'
import { findWorkflow } from '../db/workflows/workflows.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { writeTaskResult } from '../app/results.ts'
import { stopTask } from '../app/tasks.ts'
import { Wizard } from '../wizard/wizard.ts'
import {
  addSandboxWorkflows,
  addWorkflow,
  describeWorkflow,
  giveNewKey,
  syncWorkflow,
} from '../app/workflows.ts'

export interface PageOptions {
  tokens: Tokens
  health: () => Health | Promise<Health>
  /** default: the page never closes */
  draining?: AbortSignal
  slackEvents?: (request: Request) => Promise<Response>
}

/** What the page is made of, from a bot. */
export function adminOptionsOf(bot: Rowbot, options: PageOptions): AdminOptions {
  const { tokens, health, draining = new AbortController().signal, slackEvents } = options
  const { db, engine, clock, config, lines, log } = bot
  const { limits, http, dify } = config
  return {
    db,
    engine,
    // Who is signed in as admin acts on everything; who only looks never gets as far as the wizard.
    wizard: new Wizard({ db, engine, clock, limits, isAdmin: ({ platform }) => platform === 'web' }),
    clock,
    limits,
    tokens,
    // Of the tokens, so that another token signs everybody out; by the secret key, so that no holder of one can forge it.
    sessionKey: bot.box.hash(`session ${tokens.admin} ${tokens.viewer ?? ''}`),
    http,
    apps: appsOf(bot),
    tasks: {
      stop: (id, by) => stopTask(bot, id, by),
      writeResult: async (task, to) =>
        writeTaskResult(db, task, (await findWorkflow(db, task.workflowId))?.name ?? '', to),
    },
    loweredLimit: (workflowId) => lines.loweredLimit(workflowId),
    difyUrl: dify.baseUrl,
    metrics: metricsOf(bot),
    health,
    draining,
    ...(slackEvents && { slackEvents }),
    log,
  }
}

/** Counts from now on: nobody could read them before. */
function metricsOf(bot: Rowbot): Metrics {
  const { db, lines, clock } = bot
  return (bot.metrics ??= new PrometheusMetrics({
    totals: () => totals(db),
    throttledWorkflows: () => lines.throttled,
    now: () => clock.now(),
  }))
}

function appsOf(bot: Rowbot): Apps {
  return {
    add: (given) => addWorkflow(bot, given),
    sync: (workflow) => syncWorkflow(bot, workflow),
    check: async (workflow) => {
      const { variables } = await describeWorkflow(bot, workflow)
      return { changed: !Bun.deepEquals(variables, workflow.variables) }
    },
    giveKey: (workflow, apiKey) => giveNewKey(bot, workflow, apiKey),
    addSandbox: () => addSandboxWorkflows(bot),
  }
}
