import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { expect, test } from 'bun:test'
import { SETTINGS } from '../../src/app/settings.ts'
import { faultOf } from './command-lines.ts'

const DEPLOY = join(import.meta.dir, '../../deploy')
/** In seconds, of `serve`: rows in flight get 25, then the page closes. */
const DRAIN_SECONDS = 25

/** A document of YAML, of which a test names the parts that it reads. */
interface Document {
  kind?: string
  metadata?: { name: string }
  spec?: {
    template?: { spec: PodSpec; metadata: { labels: Record<string, string> } }
    selector?: { matchLabels?: Record<string, string> } & Record<string, unknown>
  }
  services?: Record<string, { command?: string[]; stop_grace_period?: string }>
}

interface PodSpec {
  terminationGracePeriodSeconds: number
  containers: {
    args: string[]
    readinessProbe: { httpGet: { path: string } }
    livenessProbe: { httpGet: { path: string } }
    volumeMounts: { name: string }[]
  }[]
  volumes: { name: string }[]
}

test('every setting in the files is one that Rowbot reads', async () => {
  const unknown: string[] = []
  for (const [path, text] of await files())
    for (const [name] of text.matchAll(/\b(?:ROWBOT|DATABASE|DIFY|SLACK|DISCORD)(?:_[A-Z]+)+\b/g))
      if (!(name in SETTINGS.shape)) unknown.push(`${path}: ${name}`)
  expect(unknown).toEqual([])
})

test('every command in the files can be run, and gets the time that it needs to stop', async () => {
  const commands: string[][] = []
  const graces: number[] = []
  for (const document of await documents()) {
    for (const [name, service] of Object.entries(document.services ?? {}))
      if (service.command && name !== 'postgres') {
        commands.push(service.command)
        graces.push(Number(/^(\d+)s$/.exec(service.stop_grace_period ?? '')?.[1]))
      }
    const pod = document.spec?.template?.spec
    if (!pod) continue
    commands.push(...pod.containers.map(({ args }) => args))
    graces.push(pod.terminationGracePeriodSeconds)
  }
  for (const [path, text] of await files())
    if (path.endsWith('.service')) {
      commands.push(/^ExecStart=\/usr\/local\/bin\/rowbot (.+)$/m.exec(text)?.[1]?.split(' ') ?? [])
      graces.push(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]))
    }
  expect(commands).toHaveLength(8)
  expect(commands.filter((words) => words[0] !== 'serve')).toEqual([])
  expect(commands.flatMap((words) => faultOf(words) ?? [])).toEqual([])
  expect(Math.min(...graces)).toBeGreaterThan(DRAIN_SECONDS + 5)
})

test('a Deployment is asked for its health where Rowbot answers, and selects its own pods', async () => {
  const deployments = (await documents()).flatMap((document) =>
    document.kind === 'Deployment' && document.spec ? [document.spec] : [],
  )
  expect(deployments).toHaveLength(3)
  for (const { template, selector } of deployments) {
    const [container] = template?.spec.containers ?? []
    expect(container?.livenessProbe.httpGet.path).toBe('/healthz')
    expect(container?.readinessProbe.httpGet.path).toBe('/readyz')
    expect(container?.volumeMounts.map(({ name }) => name)).toEqual(
      template?.spec.volumes.map(({ name }) => name),
    )
    expect(selector?.matchLabels).toEqual(template?.metadata.labels)
  }
})

test.if(Bun.which('systemd-analyze') !== null)('systemd takes the units as they are', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rowbot-units-'))
  try {
    cpSync(join(DEPLOY, 'systemd/rowbot.service'), join(folder, 'rowbot.service'))
    const program = join(folder, 'rowbot')
    writeFileSync(program, '', { mode: 0o755 })
    for (const name of ['rowbot.service', 'rowbot-worker@.service']) {
      const unit = await Bun.file(join(DEPLOY, 'systemd', name)).text()
      const own = join(folder, name.replace('@', '@1'))
      writeFileSync(own, unit.replaceAll('/usr/local/bin/rowbot', program))
      const { status, stderr } = spawnSync('systemd-analyze', ['verify', own], { encoding: 'utf8' })
      expect({ name, status, stderr }).toEqual({ name, status: 0, stderr: '' })
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

async function files(): Promise<[path: string, text: string][]> {
  const found: [string, string][] = []
  for await (const path of new Bun.Glob('**/*.{yaml,service}').scan(DEPLOY))
    found.push([path, await Bun.file(join(DEPLOY, path)).text()])
  return found
}

async function documents(): Promise<Document[]> {
  const yaml = (await files()).filter(([path]) => path.endsWith('.yaml'))
  // Each document of a file is an object.
  return yaml.flatMap(([, text]) => Bun.YAML.parse(text) as Document | Document[])
}
