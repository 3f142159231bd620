import pLimit from 'p-limit'
import { Agent, request } from 'undici/index.js'
import { CONCURRENCY, inputsOfRow, textOfRow } from '../support/rows.ts'
import { APP } from '../support/sandbox.ts'
import { cpuMsSince, type Measured, peakMb } from './measured.ts'

/*
 * The smallest program that calls a workflow for every row: it stores nothing, checks nothing and loses everything if
 * it dies.
 * `bun bare-case.ts URL ROWS WARM_UP_ROWS`
 */
const [url = '', rows, warmUpRows] = process.argv.slice(2)
const agent = new Agent()

await loop(Number(warmUpRows))
const cpu = process.cpuUsage()
const began = performance.now()
await loop(Number(rows))
const ms = performance.now() - began
const measured: Measured = { ms, cpuMs: cpuMsSince(cpu), peakMb: peakMb() }
console.log(JSON.stringify(measured))
process.exit(0)

async function loop(count: number): Promise<void> {
  const limit = pLimit(CONCURRENCY)
  const summaries = await Promise.all(Array.from({ length: count }, (_, i) => limit(() => call(i + 2))))
  summaries.forEach((summary, i) => {
    if (summary !== textOfRow(i + 2)) throw new Error(`Row ${i + 2} has the answer “${summary}”.`)
  })
}

async function call(row: number): Promise<string> {
  const { body } = await request(`${url}/workflows/run`, {
    method: 'POST',
    headers: { authorization: `Bearer ${APP.key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ inputs: inputsOfRow(row), user: `bare-${row}`, response_mode: 'streaming' }),
    dispatcher: agent,
  })
  const lines = (await body.text()).split('\n')
  const end = lines.findLast((line) => line.startsWith('data: {"event":"workflow_finished"'))
  if (end === undefined) throw new Error('The stream has no end.')
  // The sandbox’s own event.
  const { data } = JSON.parse(end.slice('data: '.length)) as { data: { outputs: { summary: string } } }
  return data.outputs.summary
}
