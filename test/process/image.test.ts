import { join } from 'node:path'
import { expect, test } from 'bun:test'
import packageJson from '../../package.json'
import { later } from '../support/bot.ts'
import { dockerfile, environmentOf, execForm, lastOf } from '../support/dockerfile.ts'

// Where Docker or Buildah can fetch the base images, the image is built. Its build stage is run in any case, in a folder:
// what executable.test.ts runs is made so.

const ROOT = join(import.meta.dir, '../..')
const { build: BUILD, image: IMAGE } = await dockerfile()
/** May stand behind a version. */
const DIGEST = /@sha256:[\da-f]{64}/
const BUILDER = await builder()

test('the image is of exact versions, runs as nobody special, and its programs get signals themselves', () => {
  const [build, image] = [BUILD, IMAGE].map((stage) =>
    (lastOf(stage, 'FROM')?.words ?? '').replace(DIGEST, ''),
  )
  expect(build).toBe(`oven/bun:${packageJson.devDependencies['bun-types']}-slim AS build`)
  expect(image).toMatch(/^debian:\d+\.\d+-slim$/)
  expect(lastOf(IMAGE, 'USER')?.words).toMatch(/^[1-9]\d*:[1-9]\d*$/) // by number: Kubernetes cannot tell who a name is
  expect(lastOf(IMAGE, 'VOLUME')?.words).toBe(environmentOf(IMAGE)['ROWBOT_DATA_DIR'])
  expect(lastOf(IMAGE, 'STOPSIGNAL')?.words).toBe('SIGTERM')
  expect([...execForm(lastOf(IMAGE, 'ENTRYPOINT')), ...execForm(lastOf(IMAGE, 'CMD'))]).toEqual([
    'rowbot',
    'serve',
  ])
  expect(execForm(lastOf(IMAGE, 'HEALTHCHECK'))).toEqual(['rowbot', 'healthy'])
  const copy = lastOf(IMAGE, 'COPY')
  expect([copy?.flags['from'], copy?.words]).toEqual(['build', '/build/rowbot /usr/local/bin/rowbot'])
  expect([...BUILD, ...IMAGE].map(({ verb }) => verb)).not.toContain('ADD')
})

test('compose.yaml keeps the data, waits for rows in flight, and opens to this machine alone', async () => {
  // `as`: what the file has, as far as this test needs it
  const { services, volumes } = Bun.YAML.parse(await Bun.file(join(ROOT, 'compose.yaml')).text()) as {
    services: Record<string, Record<string, unknown>>
    volumes: Record<string, unknown>
  }
  const { rowbot } = services
  expect(rowbot).toMatchObject({
    build: '.',
    ports: ['127.0.0.1:8000:8000'],
    volumes: [`data:${lastOf(IMAGE, 'VOLUME')?.words}`],
    stop_grace_period: '35s', // serve gives rows 25 s, and the page 5 s
    read_only: true,
    tmpfs: [expect.stringContaining('/tmp:exec')],
  })
  expect(Object.keys(volumes)).toEqual(['data'])
})

test('nothing reaches an image but what its steps copy', async () => {
  const [first, ...rest] = (await Bun.file(join(ROOT, '.dockerignore')).text())
    .split('\n')
    .filter((line) => /^[^#]/.test(line))
  expect(first).toBe('*')
  const copied = BUILD.filter(({ verb }) => verb === 'COPY').flatMap(({ words }) =>
    words.split(/\s+/).slice(0, -1),
  )
  expect(rest.toSorted()).toEqual(copied.map((path) => `!${path}`).toSorted())
})

test.skipIf(BUILDER === undefined)(
  'the image is built, answers, is healthy, and stops in order (skipped where nothing can build it)',
  async () => {
    const [tool = '', ...more] = BUILDER ?? []
    const name = `rowbot-test-${process.pid}`
    const call = (...args: string[]) => Bun.spawnSync([tool, ...args], { cwd: ROOT })
    later(() => call('rmi', '-f', name))
    const build = call('build', ...more, '-t', name, '.')
    expect([build.exitCode, build.exitCode === 0 ? '' : build.stderr.toString().slice(-2_000)]).toEqual([
      0,
      '',
    ])
    if (tool !== 'docker') return
    later(() => call('rm', '-f', '-v', name))
    expect(
      call('run', '--rm', '--read-only', '--tmpfs', '/tmp:exec', name, '--version').stdout.toString(),
    ).toStartWith('rowbot ')
    call('run', '-d', '--name', name, name)
    const health = () => call('inspect', '-f', '{{.State.Running}}', name).stdout.toString().trim()
    expect(health()).toBe('true')
    while (call('exec', name, 'rowbot', 'healthy').exitCode !== 0) {
      expect(health()).toBe('true')
      await Bun.sleep(100)
    }
    expect(call('exec', name, 'id', '-u').stdout.toString()).toBe('1000\n')
    call('stop', '-t', '35', name)
    expect(call('inspect', '-f', '{{.State.ExitCode}}', name).stdout.toString()).toBe('0\n')
  },
  600_000,
)

/** What builds images here and can fetch the two that ours begins with. */
async function builder(): Promise<string[] | undefined> {
  const bases = [BUILD, IMAGE].map((stage) => lastOf(stage, 'FROM')?.words.split(' ')[0] ?? '')
  for (const [tool, probe, more] of [
    ['docker', 'info', []],
    ['buildah', 'info', ['--isolation', 'chroot']],
  ] as const) {
    if (!Bun.which(tool) || Bun.spawnSync([tool, probe]).exitCode !== 0) continue
    const pulls = await Promise.all(
      bases.map(
        (base) =>
          Bun.spawn([tool, 'pull', base], { stdout: 'ignore', stderr: 'ignore', timeout: 60_000 }).exited,
      ),
    )
    if (pulls.every((code) => code === 0)) return [tool, ...more]
  }
  return undefined
}
