import { expect, test } from 'bun:test'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { Rowbot as RowbotClient } from '../../src/client/rowbot.ts'
import { servePage } from '../../src/serve/page-server.ts'
import { ADMIN_TOKEN } from '../admin/support/admin.ts'
import { aBot, later, tempFolder, until } from '../support/bot.ts'
import { freePort } from '../support/free-port.ts'
import { anAuthority } from '../support/net/certificates.ts'

/*
 * The configurations of docs/networks.md, word for word but for ports and places of files, with the real programs. Where a
 * program is not installed, its test is skipped, and Bun says so; on Debian: apt-get install nginx-light caddy.
 */

const HOST = 'tools.example.com'
const docs = await Bun.file(join(import.meta.dir, '../../docs/networks.md')).text()
const block = (language: string) => docs.split(`\`\`\`${language}\n`)[1]?.split('```')[0] ?? ''
const found = (...paths: string[]) => paths.find((path) => existsSync(path))

const PROXIES = {
  nginx: found('/usr/sbin/nginx', '/usr/local/sbin/nginx'),
  caddy: found('/usr/bin/caddy', '/usr/local/bin/caddy'),
}

/** The files that a proxy needs, and how it is started. */
type Prepared = { file: string; content: string; command: string[] }

function nginx(folder: string, port: number, to: number): Prepared {
  const site = block('nginx')
    .replace('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
    .replaceAll('/etc/ssl/', `${folder}/`)
    .replace('127.0.0.1:8000', `127.0.0.1:${to}`)
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${folder}/${name};`)
    .join(' ')
  const user = process.getuid?.() === 0 ? 'user root;' : ''
  const content = `daemon off; ${user} pid ${folder}/pid; error_log ${folder}/error.log;
events {}
http { access_log off; ${temporary}
${site}}`
  const file = join(folder, 'nginx.conf')
  return { file, content, command: [PROXIES.nginx ?? '', '-p', folder, '-c', file] }
}

function caddy(folder: string, port: number, to: number): Prepared {
  const site = block('caddyfile')
    .replace(`${HOST} {`, `${HOST}:${port} {\n\ttls ${folder}/${HOST}.pem ${folder}/${HOST}.key`)
    .replace('127.0.0.1:8000', `127.0.0.1:${to}`)
  const content = `{\n\tadmin off\n\tdefault_bind 127.0.0.1\n\tauto_https disable_redirects\n\tstorage file_system ${folder}/store\n}\n${site}`
  const file = join(folder, 'Caddyfile')
  const command = [PROXIES.caddy ?? '', 'run', '--config', file, '--adapter', 'caddyfile']
  return { file, content, command }
}

for (const [name, prepare] of [
  ['nginx', nginx],
  ['caddy', caddy],
] as const) {
  test.skipIf(PROXIES[name] === undefined)(
    `behind ${name}, configured as docs/networks.md has it: sign-in, a large upload, and events as they come`,
    async () => {
      const [port, to, folder] = [freePort(), freePort(), tempFolder()]
      const authority = anAuthority()
      const { cert, key } = authority.issue(HOST, [HOST])
      await Bun.write(join(folder, `${HOST}.pem`), cert)
      await Bun.write(join(folder, `${HOST}.key`), key)
      mkdirSync(join(folder, 'store'), { recursive: true })
      const { file, content, command } = prepare(folder, port, to)
      await Bun.write(file, content)
      const publicUrl = `https://${HOST}:${port}/rowbot`
      const env = {
        ROWBOT_PUBLIC_URL: publicUrl,
        ROWBOT_PORT: String(to),
        ROWBOT_TRUSTED_PROXIES: 'loopback',
      }
      const { bot, submit } = await aBot({ env })
      const health = () => Promise.resolve({ ready: true, parts: {} })
      const page = await servePage(bot, { token: ADMIN_TOKEN, health })
      later(() => page.stop(0))
      const proxy = Bun.spawn(command, {
        stdout: 'ignore',
        stderr: 'ignore',
        env: { ...process.env, HOME: folder },
      })
      later(async () => {
        proxy.kill()
        await proxy.exited
      })

      const ask = (path: string, init: RequestInit = {}) =>
        fetch(`https://127.0.0.1:${port}${path}`, {
          redirect: 'manual',
          tls: { ca: cert.concat(authority.cert), serverName: HOST },
          ...init,
          headers: { host: `${HOST}:${port}`, accept: 'text/html', ...init.headers },
        })
      await until(
        () =>
          ask('/rowbot/healthz').then(
            ({ status }) => status,
            () => 0,
          ),
        (status) => status === 200,
      )
      // By its own address alone; the host has other programs, too.
      expect((await ask('/')).status).not.toBe(303)
      expect((await ask('/rowbot')).headers.get('location')).toEndWith('/rowbot/')
      const signedIn = await ask('/rowbot/sign-in', {
        method: 'POST',
        headers: { origin: `https://${HOST}:${port}` },
        body: new URLSearchParams({ token: ADMIN_TOKEN, next: '/batch' }),
      })
      expect([signedIn.status, signedIn.headers.get('location')]).toEqual([303, '/rowbot/batch'])
      expect(signedIn.headers.get('set-cookie')).toMatch(/; Path=\/rowbot; .*; Secure$/)

      const client = new RowbotClient({
        url: publicUrl,
        token: ADMIN_TOKEN,
        fetch: (url, { headers, ...init }) =>
          ask(url.slice(publicUrl.length - '/rowbot'.length), {
            ...init,
            headers: Object.fromEntries(new Headers(headers)),
          }),
      })
      const row = `Kettle,hot,${'x'.repeat(30_000)}\n`
      const large = `Name,Key features,Note\n${row.repeat(1_400)}`
      const upload = await client.upload({ name: 'large.csv', bytes: new Blob([large]) })
      expect(upload.file_name).toBe('large.csv')

      const { id } = await submit(4, { concurrency: 1 }, () => '[sandbox: delay=700] good')
      const events = await ask(`/rowbot/api/batch/${id}/events`, {
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, accept: 'text/event-stream' },
      })
      const seen: number[] = []
      bot.startRunner()
      for await (const chunk of events.body ?? []) {
        const progress = /"progress":(\d+)/.exec(Buffer.from(chunk).toString())?.[1]
        if (progress !== undefined) seen.push(Number(progress))
        if (progress === '100') break
      }
      // Nothing was kept back until the end.
      expect(seen.some((progress) => progress > 0 && progress < 100)).toBe(true)
    },
    60_000,
  )
}

test('the configurations in the docs are there to be run', () => {
  expect(block('nginx')).toContain('location /rowbot/ {')
  expect(block('caddyfile')).toContain('handle /rowbot/* {')
})
