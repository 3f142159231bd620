import { join } from 'node:path'
import { afterAll, expect, test } from 'bun:test'

const ROOT = join(import.meta.dir, '../..')

/** What a registry answers when it is asked for weaknesses, which the test sets. */
let answer = () => Response.json({})
const registry = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => answer() })
afterAll(() => registry.stop(true))

test('where the registry knows of none it says so and ends with 0', async () => {
  answer = () => Response.json({})
  const { code, said } = await audit()
  expect(said).toContain('No vulnerabilities found')
  expect(code).toBe(0)
})

test('a known weakness is named, and ends with 1', async () => {
  const one = {
    id: 1,
    url: 'https://example.com/1',
    title: 'A weakness',
    severity: 'high',
    vulnerable_versions: '*',
  }
  answer = () => Response.json({ zod: [{ ...one, cwe: [], cvss: { score: 7 } }] })
  const { code, said, complained } = await audit()
  expect(said).toContain('A weakness')
  expect(complained).toBe('')
  expect(code).toBe(1)
})

test('a registry that does not answer is no proof that there are none', async () => {
  answer = () => new Response('', { status: 405 })
  const { code, complained } = await audit()
  expect(complained).toContain('So it is not known whether a package has a known weakness')
  expect(code).toBe(1)
})

async function audit(): Promise<{ code: number; said: string; complained: string }> {
  const env = { ...process.env, NPM_CONFIG_REGISTRY: registry.url.href }
  const child = Bun.spawn([process.execPath, 'scripts/audit.ts'], {
    cwd: ROOT,
    env,
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const [said, complained, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ])
  return { code, said, complained }
}
