import pLimit from 'p-limit'
import { cpuMsSince, type Measured, peakMb } from '../engine/measured.ts'
import { CONCURRENCY } from '../support/rows.ts'
import { inputsWith, KEY, type ListedFile, listedFiles } from './list.ts'

/*
 * The smallest program that uploads a file for every row and runs the row: it stores nothing and checks nothing.
 * `bun bare-case.ts URL LIST`
 */
const [url = '', list = ''] = process.argv.slice(2)
const authorization = `Bearer ${KEY}`
const files = await listedFiles(list)
const limit = pLimit(CONCURRENCY)
const cpu = process.cpuUsage()
const began = performance.now()
await Promise.all(files.map((file, i) => limit(() => call(i + 2, file))))
const measured: Measured = { ms: performance.now() - began, cpuMs: cpuMsSince(cpu), peakMb: peakMb() }
console.log(JSON.stringify(measured))
process.exit(0)

async function call(row: number, { path, name }: ListedFile): Promise<void> {
  const user = `bare-${row}`
  const body = new FormData()
  body.set('user', user)
  body.set('file', Bun.file(path, { type: 'text/plain' }), name)
  const uploaded = await fetch(`${url}/files/upload`, { method: 'POST', headers: { authorization }, body })
  const { id } = (await uploaded.json()) as { id: string } // the sandbox’s own answer
  const answer = await fetch(`${url}/workflows/run`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({
      inputs: inputsWith(row, { upload_file_id: id }),
      user,
      response_mode: 'streaming',
    }),
  })
  const text = await answer.text()
  if (!text.includes('"status":"succeeded"')) throw new Error(`Row ${row}: ${text}`)
}
