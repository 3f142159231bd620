import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { z } from 'zod'
import { PrometheusMetrics } from '../../src/serve/metrics.ts'

const DEPLOY = join(import.meta.dir, '../../deploy')
const RULES = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(['page', 'ticket']) }),
          annotations: z.object({ summary: z.string().min(10), description: z.string().min(20) }),
        }),
      ),
    }),
  ),
})
const DASHBOARD = z.object({
  panels: z.array(
    z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).default([]) }),
  ),
})

/** What Prometheus reads from this program. */
async function scraped() {
  const metrics = new PrometheusMetrics(
    {
      totals: () =>
        Promise.resolve({
          tasks: { pending: 0, running: 0, paused: 0, failed: 0, cancelled: 0, completed: 0 },
          rows: { pending: 0, running: 0, waiting: 0, succeeded: 0, failed: 0, cancelled: 0 },
          workflows: 0,
          oldestWaitingAt: null,
        }),
      throttledWorkflows: () => 0,
      now: () => 0,
    },
    ['slack', 'discord'],
  )
  metrics.watchProcess()
  return (await metrics.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

async function expressions(): Promise<string[]> {
  const rules = RULES.parse(Bun.YAML.parse(await Bun.file(join(DEPLOY, 'prometheus/rules.yaml')).text()))
  const dashboard = DASHBOARD.parse(await Bun.file(join(DEPLOY, 'grafana/rowbot.json')).json())
  return [
    ...rules.groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
    ...dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ]
}

/** Prometheus makes it itself. */
const OF_PROMETHEUS = new Set(['up'])
const SELECTOR = /\b([a-z][a-z0-9_]*)\{([^}]*)\}/g
const LABEL = /(\w+)(=~|=)"([^"]*)"/g

test('every series that an alert or a panel asks for is there from the first scrape on', async () => {
  const series = await scraped()
  const missing: string[] = []
  for (const expression of await expressions()) {
    const selectors = [...expression.matchAll(SELECTOR)]
    if (selectors.length === 0) missing.push(`${expression}: asks for nothing`)
    for (const [, name = '', labels = ''] of selectors) {
      if (OF_PROMETHEUS.has(name)) continue
      const wanted = [...labels.matchAll(LABEL)].filter(
        ([, label]) => label !== 'job' && label !== 'instance',
      )
      const found = series.some(
        (line) =>
          (line.startsWith(`${name}{`) || line.startsWith(`${name} `)) &&
          wanted.every(([, label = '', operator, value = '']) =>
            operator === '='
              ? line.includes(`${label}="${value}"`)
              : new RegExp(`${label}="(?:${value})"`).test(line),
          ),
      )
      if (!found) missing.push(`${name}{${labels}}`)
    }
  }
  expect(missing).toEqual([])
})

test('every alert that waits for an event is on a series that begins at zero', async () => {
  const series = await scraped()
  for (const expression of await expressions())
    for (const [, name = ''] of expression.matchAll(/\b(?:rate|increase)\(([a-z_]+)\{/g))
      expect(series.filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))).not.toEqual(
        [],
      )
})
