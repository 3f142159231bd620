import { expect, test } from 'bun:test'
import { renameSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readConfig } from '../../src/app/config.ts'
import { Rowbot } from '../../src/app/rowbot.ts'
import { openTraces } from '../../src/serve/traces.ts'
import { aBot, later, tempFolder, until } from '../support/bot.ts'

interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: { stringValue?: string; intValue?: number } }[]
  status: { code?: number }
}

/** https://github.com/open-telemetry/opentelemetry-proto: ExportTraceServiceRequest, in JSON. */
interface OtlpRequest {
  resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[]
}

/** A collector of traces. */
function aCollector(answer = () => Response.json({})) {
  const spans: OtlpSpan[] = []
  const asked: { path: string; authorization: string | null }[] = []
  let text = ''
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    async fetch(request) {
      asked.push({ path: new URL(request.url).pathname, authorization: request.headers.get('authorization') })
      const body = await request.text()
      text += body
      const { resourceSpans } = JSON.parse(body) as OtlpRequest // as the protocol has it
      spans.push(...resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans)))
      return answer()
    },
  })
  later(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}`, spans, asked, text: () => text }
}

const attribute = ({ attributes }: OtlpSpan, name: string) => {
  const value = attributes.find(({ key }) => key === name)?.value
  return value?.stringValue ?? Number(value?.intValue)
}

test('a task is one trace, with a span for each call of a row, and no text of a row', async () => {
  const collector = aCollector()
  const { bot, submit, ended } = await aBot()
  bot.traces = openTraces({
    endpoint: collector.url,
    headers: { authorization: 'Bearer t' },
    onFault: (fault) => {
      throw fault
    },
    delayMs: 10,
  })
  const { id } = await submit(4, { retries: 1, concurrency: 2, name: 'a name of a task' }, (row) =>
    row === 3 ? '[sandbox: failed]' : 'a secret feature',
  )
  bot.startRunner()
  await ended(id)
  await until(() => collector.spans.filter(({ name }) => name === 'task').length, Boolean)
  await until(
    () => collector.spans.length,
    (count) => count === 6,
  )

  const task = collector.spans.find(({ name }) => name === 'task')
  const calls = collector.spans.filter(({ name }) => name === 'row')
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(task?.parentSpanId).toBeFalsy()
  expect(new Set(calls.map(({ parentSpanId }) => parentSpanId))).toEqual(new Set([task?.spanId]))
  expect(new Set(calls.map(({ spanId }) => spanId)).size).toBe(5)
  expect(
    calls.map((span) => `${attribute(span, 'rowbot.row')}.${attribute(span, 'rowbot.attempt')}`).toSorted(),
  ).toEqual(['2.1', '3.1', '3.2', '4.1', '5.1'])
  for (const span of calls) {
    expect(span.status.code ?? 0).toBe(attribute(span, 'rowbot.row') === 3 ? ERROR : UNSET)
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano))
    expect(Math.abs(Number(BigInt(span.startTimeUnixNano) / 1_000_000n) - bot.clock.now())).toBeLessThan(
      600_000,
    )
  }
  expect(collector.asked[0]).toEqual({ path: '/v1/traces', authorization: 'Bearer t' })
  expect(collector.text()).not.toMatch(/Kettle|secret feature|a name of a task/)
})

/** https://opentelemetry.io/docs/specs/otel/trace/api/#set-status */
const UNSET = 0
const ERROR = 2

test('what another process has run of the task is in the same trace', async () => {
  const collector = aCollector()
  const open = () => openTraces({ endpoint: collector.url, onFault: () => {}, delayMs: 10 })
  const call = { attempt: 1, began: 1_000, ended: 2_000, outcome: 'succeeded', status: 'succeeded' }
  for (const row of [2, 3]) {
    const traces = open()
    traces.called('k7f2', { row, ...call })
    await traces.close()
  }
  expect(new Set(collector.spans.map(({ traceId }) => traceId)).size).toBe(1)
  expect(collector.spans).toHaveLength(2)
})

test('a collector that refuses them holds nothing up, and it is said', async () => {
  const collector = aCollector(() => new Response('no', { status: 400 }))
  const told = Promise.withResolvers<unknown>()
  const traces = openTraces({ endpoint: collector.url, onFault: told.resolve, delayMs: 10 })
  traces.ended({ id: 'k7f2', workflowId: 'w', status: 'completed', createdAt: 1_000, finishedAt: 2_000 })
  expect(await told.promise).toBeInstanceOf(Error)
  await traces.close()
})

test('after its file was renamed, the log goes on in a new one', async () => {
  const folder = tempFolder()
  const bot = await Rowbot.open({ config: readConfig({ ROWBOT_DATA_DIR: folder }) })
  later(() => bot.close())
  const file = join(folder, 'rowbot.log')
  const text = (path: string) => until(() => readFileSync(path, { encoding: 'utf8', flag: 'a+' }), Boolean)
  bot.log.info('before')
  expect(await text(file)).toContain('before')
  renameSync(file, `${file}.1`)
  bot.reopenLog()
  bot.log.info('after')
  expect(await text(file)).toContain('after')
  expect(await text(`${file}.1`)).not.toContain('after')
})
