import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { aMailServer } from '../notify/mail-server.ts'
import { aBot, aSandbox, later, tempFolder } from '../support/bot.ts'
import { rowbot } from '../support/command.ts'
import { DiscordPerson } from '../support/discord/person.ts'
import { aDiscord, inChannel } from '../support/discord/whole.ts'
import { IDS, TOKEN } from '../support/discord/world.ts'
import { freePort } from '../support/free-port.ts'
import { anAuthority } from '../support/net/certificates.ts'
import { aForwardProxy } from '../support/net/forward-proxy.ts'
import { aTlsFront } from '../support/net/tls-front.ts'
import { anOidcProvider, CLIENT } from '../support/oidc-provider.ts'
import { APP_TOKEN, BOT_TOKEN } from '../support/slack/emulated.ts'
import { SlackPerson } from '../support/slack/person.ts'
import { aSlack } from '../support/slack/rig.ts'
import { resultOf, SAMPLE, throughTheSteps, under } from '../support/slack/whole.ts'

/** The names that Rowbot reaches others by; only the proxy knows where they are. */
const NAMES = ['dify.test', 'slack.test', 'discord.test', 'hooks.test', 'id.test', 'rowbot.test']
const USER = { name: 'row@bot', password: 'p:s/s%w' }
const KEY = 'app-sandbox-product-copywriter'

/** A company’s network: everything is behind a proxy that asks for a password, with certificates of its own authority. */
async function aCompany() {
  const folder = tempFolder()
  const authority = anAuthority()
  const certificate = authority.issue('company', NAMES)
  const client = authority.issue('rowbot')
  const proxy = await aForwardProxy({ user: USER })
  for (const [name, content] of [
    ['ca.pem', authority.cert],
    ['client.pem', client.cert],
    ['client.key', client.key],
  ] as const)
    await Bun.write(join(folder, name), content)
  /** All that Rowbot is told of the network, as a person writes it. */
  const write = (settings: Record<string, string>) =>
    Bun.write(
      join(folder, '.env'),
      Object.entries(settings)
        .map(([name, value]) => `${name}='${value}'`)
        .join('\n'),
    )
  return { folder, authority, certificate, proxy, write }
}

test('behind a proxy with a password and an authority of the company, set in .env: Dify with a client certificate, Slack, Discord, a webhook and the sign-in', async () => {
  const { folder, authority, certificate, proxy, write } = await aCompany()
  const sandbox = aSandbox()
  const dify = await aTlsFront(sandbox.url, certificate, authority.cert)
  const slack = await aSlack({ name: 'slack.test', certificate })
  const discord = aDiscord({ name: 'discord.test', certificate })
  const { issuer } = await anOidcProvider(
    {},
    () => 'http://127.0.0.1:8000/sign-in/callback',
    async (address) => `https://id.test:${(await aTlsFront(address, certificate)).port}`,
  )
  const heard = Promise.withResolvers<string>()
  const hook = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    tls: certificate,
    async fetch(request) {
      heard.resolve(await request.text())
      return new Response(null, { status: 204 })
    },
  })
  later(() => hook.stop(true))
  await write({
    HTTPS_PROXY: proxy.url,
    HTTP_PROXY: proxy.url,
    NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem'),
    ROWBOT_TLS_CERT: join(folder, 'client.pem'),
    ROWBOT_TLS_KEY: join(folder, 'client.key'),
    DIFY_BASE_URL: `https://dify.test:${dify.port}/v1`,
    DIFY_API_KEYS: KEY,
    SLACK_BOT_TOKEN: BOT_TOKEN,
    SLACK_APP_TOKEN: APP_TOKEN,
    SLACK_API_URL: slack.apiUrl,
    DISCORD_TOKEN: TOKEN,
    DISCORD_API_URL: discord.apiUrl,
    ROWBOT_OIDC_ISSUER: issuer,
    ROWBOT_OIDC_CLIENT_ID: CLIENT.id,
    ROWBOT_OIDC_ROLES: 'admin=*',
    ROWBOT_WEBHOOK_URL: `https://hooks.test:${hook.port}/ended`,
    ROWBOT_WEBHOOK_SECRET: `whsec_${Buffer.alloc(32, 1).toString('base64')}`,
  })
  const data = { ROWBOT_DATA_DIR: join(folder, 'data') }
  const running = rowbot(['serve'], data, folder)
  await running.says('Running the tasks')

  const mei = new SlackPerson(slack, 'mei')
  const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
  await throughTheSteps(mei, dropped)
  const result = await under(mei, dropped, '.results.xlsx')
  expect([...(await resultOf(mei, result)).keys()]).toEqual([2, 3, 4, 5, 6])
  expect(await heard.promise).toContain('"status":"completed"')

  const jo = new DiscordPerson(discord, 'jo')
  jo.mention(IDS.merch, SAMPLE.bytes, SAMPLE.name)
  await inChannel(discord, IDS.merch, '1 of 4')

  const hosts = new Set(proxy.asked.map((line) => new URL(`http://${line.split(' ')[1]}`).hostname))
  expect([...hosts].toSorted()).toEqual(['dify.test', 'discord.test', 'hooks.test', 'slack.test'])
  const log = await Bun.file(join(folder, 'data/rowbot.log')).text()
  expect(log + running.errors()).not.toContain('s%25w')
  expect(log + running.errors()).not.toContain('p:s/s')

  const told = await rowbot(['doctor'], data, folder).ended
  for (const line of [
    `✔ Dify, https://dify.test:${dify.port}: through the proxy ${proxy.shown} (HTTPS_PROXY), with the client certificate of ROWBOT_TLS_CERT.`,
    `✔ Slack, ${new URL(slack.url).origin}: through the proxy ${proxy.shown} (HTTPS_PROXY).`,
    `✔ Webhooks, https://hooks.test:${hook.port}: through the proxy`,
    `(NODE_EXTRA_CA_CERTS) are trusted, too.`,
    '✔ “Product copywriter” answers, and its key works.',
    '✔ In Slack the bot is @',
    `✔ People sign in to the page with ${issuer}`,
  ])
    expect(told.out).toContain(line)
}, 60_000)

test('the command line elsewhere goes through the proxy, too, and trusts the authority', async () => {
  const { folder, certificate, proxy, write } = await aCompany()
  const port = freePort()
  const { sandbox, folder: dataThere } = await aBot({ env: {} })
  const there = rowbot(['serve'], {
    ROWBOT_DATA_DIR: dataThere,
    ROWBOT_PORT: String(port),
    ROWBOT_ADMIN_TOKEN: 'a-token-of-this-test',
    ROWBOT_PUBLIC_URL: 'https://rowbot.test/rowbot',
    DIFY_BASE_URL: sandbox.url,
  })
  await there.says('Running the tasks')
  const front = await aTlsFront(`http://127.0.0.1:${port}`, certificate)
  const server = `https://rowbot.test:${front.port}/rowbot`
  await write({
    HTTPS_PROXY: proxy.url,
    ROWBOT_CA_FILE: join(folder, 'ca.pem'),
    ROWBOT_TOKEN: 'a-token-of-this-test',
  })
  const listed = await rowbot(['--server', server, 'tasks'], { ROWBOT_DATA_DIR: folder }, folder).ended
  expect([listed.code, listed.err]).toEqual([0, ''])
  expect(proxy.asked).toContain(`CONNECT rowbot.test:${front.port}`)

  await write({
    HTTPS_PROXY: proxy.shown,
    ROWBOT_CA_FILE: join(folder, 'ca.pem'),
    ROWBOT_TOKEN: 'a-token-of-this-test',
  })
  const refused = await rowbot(['--server', server, 'tasks'], { ROWBOT_DATA_DIR: folder }, folder).ended
  expect(refused.code).toBe(1)
  expect(refused.err).toStartWith(
    `The proxy (${proxy.shown}, HTTPS_PROXY) asks for a user name and a password.`,
  )

  await write({ HTTPS_PROXY: proxy.url, ROWBOT_TOKEN: 'a-token-of-this-test' })
  const untrusted = await rowbot(['--server', server, 'tasks'], { ROWBOT_DATA_DIR: folder }, folder).ended
  expect(untrusted.err).toStartWith(
    `The certificate of rowbot.test:${front.port} is signed by an authority that is not known here. Set ROWBOT_CA_FILE`,
  )
})

test('mail goes directly, whatever the proxy, to a server whose certificate is the company’s', async () => {
  const { folder, authority, proxy, write } = await aCompany()
  const mail = await aMailServer({}, authority.issue('mail', ['127.0.0.1']))
  const settings = {
    ROWBOT_SMTP_URL: mail.url,
    ROWBOT_MAIL_FROM: 'bot@example.com',
    ROWBOT_MAIL_DOMAINS: '*',
  }
  const data = { ROWBOT_DATA_DIR: join(folder, 'data') }
  await write({ ...settings, HTTPS_PROXY: proxy.url, ROWBOT_CA_FILE: join(folder, 'ca.pem') })
  const { out } = await rowbot(['doctor'], data, folder).ended
  expect(out).toContain(`✔ Mail, 127.0.0.1:${mail.port}: directly, since HTTPS_PROXY is not for mail.`)
  expect(out).toContain(`✔ The mail server 127.0.0.1:${mail.port} lets Rowbot in`)
  expect(proxy.asked).toEqual([])
  await write(settings)
  const untrusted = await rowbot(['doctor'], data, folder).ended
  expect(untrusted.out).toContain('Set ROWBOT_CA_FILE to the file of its authority')
})

test('a setting of the network that is wrong ends the start with a sentence, before anything is opened', async () => {
  const { folder, write } = await aCompany()
  await write({ ROWBOT_CA_FILE: join(folder, 'none.pem') })
  const missing = await rowbot(['tasks'], { ROWBOT_DATA_DIR: join(folder, 'data') }, folder).ended
  expect(missing).toMatchObject({ code: 1, out: '' })
  expect(missing.err).toStartWith(
    `ROWBOT_CA_FILE is ${join(folder, 'none.pem')}, which cannot be read (ENOENT).`,
  )
  await write({ HTTPS_PROXY: 'socks5://us:secret@proxy' })
  const socks = await rowbot(['tasks'], { ROWBOT_DATA_DIR: join(folder, 'data') }, folder).ended
  expect(socks.err).toStartWith('HTTPS_PROXY does not name an http or https proxy.')
  expect(socks.err).not.toContain('secret')
})
