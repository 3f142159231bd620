import { expect, test } from 'bun:test'
import { FilePart } from '../../src/admin/http/multipart.ts'
import { aFileStore } from '../support/file-store.ts'
import { readBody } from '../../src/admin/http/body.ts'
import { identify } from '../../src/admin/sign-in/identity.ts'
import { DEFAULT_LIMITS } from '../../src/workbook/limits.ts'
import { anAdmin } from './support/admin.ts'
import { cpuClock } from '../support/own-time.ts'

const sent = (body: URLSearchParams | FormData) =>
  new Request('http://127.0.0.1:8000/sign-in', { method: 'POST', body })

test('a form with 300,000 fields of one name holds nobody up', async () => {
  const cpuMs = cpuClock()
  const read = await readBody(sent(new URLSearchParams('a&'.repeat(300_000))), {
    limits: DEFAULT_LIMITS,
    files: aFileStore(),
  })
  expect(cpuMs()).toBeLessThan(2_000)
  expect(read).toEqual({ a: expect.any(Array) })
})

test('several values of one name are a list in their order, whatever the name', async () => {
  const body = new URLSearchParams('a=1&b=2&a=3&a=4&__proto__=5&__proto__=6')
  const read = await readBody(sent(body), { limits: DEFAULT_LIMITS, files: aFileStore() })
  expect(Object.entries(read ?? {})).toEqual([
    ['a', ['1', '3', '4']],
    ['b', '2'],
    ['__proto__', ['5', '6']],
  ])
})

test('only who is known may send a file: of others no more is read than a form has', async () => {
  const { browse } = await anAdmin()
  const body = new FormData()
  body.set('file', new File(['x'.repeat(1_100_000)], 'a.csv'))
  const refused = await browse('/sign-in', { as: 'nobody', method: 'POST', body })
  expect(refused.status).toBe(413)
  const known = sent(body)
  identify(known, { role: 'admin', name: 'Mei', personId: 'Mei', by: 'cookie' })
  expect(await readBody(known, { limits: DEFAULT_LIMITS, files: aFileStore() })).toEqual({
    file: expect.any(FilePart),
  })
})
