import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'

const HOME = join(import.meta.dir, '..', '..', 'recordings', 'dify-1.16.1')

const Recorded = z.object({
  name: z.string(),
  app: z.string(),
  request: z.object({
    method: z.enum(['GET', 'POST']),
    /** with /v1 and the query */
    path: z.string(),
    body: z.unknown(),
    auth: z.string(),
  }),
  status: z.number(),
  headers: z.record(z.string(), z.string()).default({}),
  body_file: z.string(),
})

/** What a real server was asked, and what it answered. */
export type Recorded = z.infer<typeof Recorded> & { text: string }

const INDEX = z.array(Recorded).parse(JSON.parse(readFileSync(join(HOME, 'index.json'), 'utf8')))

export function recorded(name: string): Recorded {
  const found = INDEX.find((one) => one.name === name)
  if (!found) throw new Error(`nothing is recorded as ${name}`)
  return { ...found, text: readFileSync(join(HOME, found.body_file), 'utf8') }
}
