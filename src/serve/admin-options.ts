import type { Metrics } from '../app/metrics.ts'
import { PrometheusMetrics } from './metrics.ts'
import type { AdminOptions, Readiness, Tokens } from '../admin/options.ts'
import { totals } from '../db/stats/totals.ts'
import type { Rowbot } from '../app/rowbot.ts'
import { SharedTurns } from '../app/shared-turns.ts'
import { READ_FOR_MS } from './chat-ops.ts'
import { Wizard } from '../wizard/wizard.ts'

export interface PageOptions {
  tokens: Tokens
  health: () => Readiness | Promise<Readiness>
  /** default: it is never stopped */
  isStopping?: () => boolean
  /** default: the page never closes */
  draining?: AbortSignal
  slackEvents?: (request: Request) => Promise<Response>
}

/** The options of the page and the API, from a bot. */
export function adminOptionsOf(bot: Rowbot, options: PageOptions): AdminOptions {
  const { tokens, health, draining = new AbortController().signal, slackEvents } = options
  const { isStopping = () => false } = options
  const { db, clock, config, runtimes, files, log } = bot
  const { limits, http, dify } = config
  return {
    bot,
    db,
    wizard: pageWizardOf(bot),
    files,
    clock,
    limits,
    tokens,
    provider: http.provider,
    fingerprint: (secret) => bot.box.hash(`session ${secret}`),
    http,
    loweredLimit: (workflowId) => runtimes.loweredLimit(workflowId),
    slowdown: (workflowId) => runtimes.slowdown(workflowId),
    difyUrl: dify.baseUrl,
    metrics: metricsOf(bot),
    health,
    isStopping,
    draining,
    ...(slackEvents && { slackEvents }),
    log,
  }
}

/** The wizard of the page and the API. */
export function pageWizardOf({ db, engineFor, clock, config, files, isShared }: Rowbot): Wizard {
  const { limits, notify } = config
  return new Wizard({
    db,
    engineFor,
    clock,
    limits,
    files,
    // On the page, whoever may start tasks and is no runner is an admin; viewers never reach the wizard.
    isAdmin: ({ platform, roles }) => platform === 'web' && !roles.includes('runner'),
    notify,
    ...(isShared && { readForMs: READ_FOR_MS, turns: new SharedTurns(db, clock) }),
  })
}

/** Counting starts here: before, nobody could read the counts. */
function metricsOf(bot: Rowbot): Metrics {
  const { db, runtimes, clock } = bot
  const { slack, discord } = bot.config
  const platforms = [...(slack ? ['slack'] : []), ...(discord ? ['discord'] : [])]
  const sources = {
    totals: () => totals(db),
    throttledWorkflows: () => runtimes.throttled,
    now: () => clock.now(),
  }
  return (bot.metrics ??= new PrometheusMetrics(sources, platforms))
}
