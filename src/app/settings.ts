import { z } from 'zod'
import { isEmail, webUrl } from './notify-settings.ts'
import { readRoleRules } from './provider-settings.ts'
import { trustedProxies } from './client-address.ts'
import { publicUrlFault } from './sub-path.ts'
import { DEFAULT_LIMITS } from '../workbook/limits.ts'

const MB = 2 ** 20

/** Empty means unset, as in compose files and CI. */
const given = <T extends z.ZodType>(schema: T) =>
  z.preprocess((text) => (text === '' ? undefined : text), schema)
const text = given(z.string().optional())
const secret = given(z.string().min(16, 'must have at least 16 characters').optional())
const count = (fallback: number) =>
  given(z.coerce.number({ error: 'must be a number' }).int().positive().default(fallback))
const between = (min: number, max: number) => z.coerce.number({ error: 'must be a number' }).min(min).max(max)
const address = z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

const DATA = z.object({
  ROWBOT_DATA_DIR: given(z.string().default('data')).describe(
    'Folder of everything that must last: database, secret key, admin token, files, log.',
  ),
  DATABASE_URL: given(
    z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'must be a postgres address: postgres://user:password@host/database',
      })
      .optional(),
  ).describe(
    'A Postgres database, version 13 or newer, for several machines: `postgres://user:password@host/database`. Unset: SQLite, in the data folder.',
  ),
  ROWBOT_TASKS_AT_ONCE: count(200).describe(
    'With Postgres: how many tasks this process runs at once. More wait for a process with room.',
  ),
  ROWBOT_BUCKET: given(
    z
      .string()
      .regex(
        /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[\w./-]*)?$/,
        'must be a bucket: s3://bucket/folder',
      )
      .optional(),
  ).describe(
    'A bucket for files, with a folder in it if wanted: `s3://bucket/folder`. Unset: with Postgres they are in the database, otherwise in the data folder.',
  ),
  ROWBOT_BUCKET_ENDPOINT: given(address.optional()).describe(
    'Where the bucket is, if not at Amazon: `https://minio.example.com`, `https://ACCOUNT.r2.cloudflarestorage.com`.',
  ),
  ROWBOT_BUCKET_REGION: given(z.string().default('us-east-1')).describe('Its region.'),
  ROWBOT_BUCKET_KEY_ID: text.describe('The access key ID for it.'),
  ROWBOT_BUCKET_SECRET: text.describe('Its secret access key.'),
  ROWBOT_SECRET_KEY: secret.describe(
    'Encrypts the workflows’ API keys in the database (AES-256-GCM), 16 characters or more. Unset: made and stored in the data folder as `secret.key`, readable only by you. Keep a copy: without it every workflow has to be added again.',
  ),
  ROWBOT_SECRET_KEY_OLD: secret.describe(
    'The secret key of before, while `rowbot key rotate` encrypts with the new one what it has encrypted. See [data.md](data.md#changing-the-secret-key).',
  ),
  ROWBOT_ENCRYPT_DATA: given(z.enum(['true', 'false']).optional()).describe(
    '`true`: what is in people’s rows, results and files is encrypted in the database, the data folder and the bucket from now on, with a key that the secret key encrypts: without it nothing of them can be read any more. `false`: not any more. Unset: as it was last set for this database. See [data.md](data.md#encryption).',
  ),
  LOG_LEVEL: given(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')).describe(
    'Of `rowbot.log` in the data folder: `trace`, `debug`, `info`, `warn`, `error` or `silent`.',
  ),
  OTEL_EXPORTER_OTLP_ENDPOINT: given(address.optional()).describe(
    'A collector of OpenTelemetry traces that speaks OTLP over HTTP, such as `http://127.0.0.1:4318`: one trace for each task, a span for each call of a row. See [operate.md](operate.md#traces).',
  ),
  OTEL_EXPORTER_OTLP_HEADERS: text
    .refine((given) => headersOf(given) !== undefined, {
      error: 'must be name=value pairs with commas between',
    })
    .describe('Headers for it, such as its token: `authorization=Bearer …`, with commas between.'),
})

const DIFY = z.object({
  DIFY_BASE_URL: given(address.default('https://api.dify.ai/v1')).describe(
    'Dify’s service API, for the keys in `DIFY_API_KEYS`.',
  ),
  DIFY_API_KEYS: text.describe(
    'Keys of the apps that may be run, with commas between. Each becomes a workflow at the start, named by Dify. `rowbot workflow add` does the same one by one.',
  ),
  DIFY_QUEUE_MINUTES: given(between(0, 1_440).optional()).describe(
    'How long a call that Dify has accepted may wait in Dify’s own queue, 0–1440 minutes; unset: 30. Until a worker starts its run, no log lists it: its row is not called again sooner, unless calls that were accepted a minute later have started.',
  ),
  DIFY_QUEUE_SECONDS: given(between(0, 300).optional()).describe(
    'The old name of `DIFY_QUEUE_MINUTES`, in seconds. It still counts.',
  ),
})

const UPLOADS = z.object({
  ROWBOT_MAX_FILE_MB: count(DEFAULT_LIMITS.maxFileBytes / MB).describe('The largest workbook, in MB.'),
  ROWBOT_MAX_UNPACKED_MB: count(DEFAULT_LIMITS.maxUnpackedBytes / MB).describe(
    'The same, unpacked: an `.xlsx` file is a ZIP. It is checked before the memory is spent.',
  ),
  ROWBOT_MAX_ROWS: count(DEFAULT_LIMITS.maxRows).describe('The most rows of a sheet.'),
  ROWBOT_MAX_COLUMNS: count(DEFAULT_LIMITS.maxColumns).describe('The most columns of a sheet.'),
  ROWBOT_MAX_FILES: count(DEFAULT_LIMITS.maxFiles).describe(
    'The most files that come along with a workbook, or each become a row, with everything in ZIPs.',
  ),
  ROWBOT_MAX_FILES_MB: count(DEFAULT_LIMITS.maxFilesBytes / MB).describe(
    'How large they may be together, unpacked, in MB.',
  ),
  ROWBOT_FILE_HOSTS: text
    .transform(listed)
    .refine((hosts) => hosts.every(isHost), {
      error: 'must be hosts with commas between, without https:// and paths: files.example.com, nas:8080',
    })
    .describe(
      'Hosts that links to files may lead to by `http://` as well, and in a private network: names or addresses, with the port if it is not the usual one (`files.example.com,nas:8080`).',
    ),
})

const SLACK = z.object({
  SLACK_BOT_TOKEN: text.describe('Switches Slack on: Bot User OAuth Token (`xoxb-…`).'),
  SLACK_APP_TOKEN: text.describe(
    'App-level token (`xapp-…`) for Socket Mode, which needs no public address.',
  ),
  SLACK_SIGNING_SECRET: text.describe(
    'Instead of an app token: Slack sends events to `/slack/events` here, signed with it. Two, with a comma, while one replaces the other.',
  ),
  SLACK_CONFIG_TOKEN: text.describe(
    'Only for `rowbot doctor`: an app configuration token (`xoxe.xoxp-…`, valid for 12 hours), with which it reads whether events and buttons are switched on in the app.',
  ),
  SLACK_ALLOW_GUESTS: given(z.enum(['true', 'false']).default('false')).describe(
    '`true`: guests of the workspace may run batches, too.',
  ),
  SLACK_API_URL: given(address.optional()).describe('Another address for Slack’s API: a proxy, or a test.'),
})

const DISCORD = z.object({
  DISCORD_TOKEN: text.describe('Switches Discord on: the bot’s token.'),
  DISCORD_GUILDS: text.describe(
    'Servers (ids, with commas between) whose members may run batches. Unset: those of every server that the bot was invited to.',
  ),
  DISCORD_API_URL: given(address.optional()).describe(
    'Another address for Discord’s API: a proxy, or a test.',
  ),
})

const CHATS = z.object({
  ROWBOT_ADMINS: text.describe(
    'Who may act on other people’s tasks in the chats: the chat’s own ids, with commas between (`U024BE7LH`).',
  ),
})

const PAGE = z.object({
  ROWBOT_HOST: given(z.string().default('127.0.0.1')).describe(
    'The address on which the page, the API and Slack’s events over HTTP are served.',
  ),
  ROWBOT_PORT: given(
    z.coerce.number({ error: 'must be a number' }).int().min(1).max(65_535).default(8000),
  ).describe('Its port.'),
  ROWBOT_PUBLIC_URL: given(
    address.optional().superRefine((url, context) => {
      const message = url === undefined ? undefined : publicUrlFault(url)
      if (message !== undefined) context.addIssue({ code: 'custom', message })
    }),
  ).describe(
    'The page’s URL for others (`https://rowbot.example.com`), with a path if a proxy shows it under one (`https://tools.example.com/rowbot`, see [networks.md](networks.md)): links in the chats begin with it. With it, a result that is too large for a chat comes as a link for a day.',
  ),
  ROWBOT_TRUSTED_PROXIES: text
    .transform(listed)
    .refine((entries) => trustedProxies(entries) !== undefined, {
      error: 'must be addresses or ranges with commas between: loopback, 10.0.0.0/8, fd00::/8',
    })
    .describe(
      'Proxies in front of the page whose `X-Forwarded-For`, `-Proto` and `-Host` are believed: addresses, ranges, or the word `loopback` (`loopback,10.0.0.0/8`). Unset: none, and everybody behind a proxy has the proxy’s address.',
    ),
})

/** of a session; a year at most */
const hours = (fallback: number) => given(between(1, 8_760).default(fallback))

const ACCESS = z.object({
  ROWBOT_ADMIN_TOKEN: secret.describe(
    'Opens the page and the API, 16 characters or more. Unset: made and stored in the data folder as `admin.token`, and printed once as a link.',
  ),
  ROWBOT_VIEWER_TOKEN: secret.describe(
    'A token that may only read, 16 characters or more. Unset: there is none.',
  ),
  ROWBOT_SESSION_HOURS: hours(168).describe(
    'Hours after which whoever signed in to the page with a token signs in again; 168 are a week. It counts for sessions that begin from then on, as does the one for a provider.',
  ),
  ROWBOT_OIDC_ISSUER: given(
    z
      .url()
      .refine((url) => isHttps(url) || isHere(url), 'must be an https address')
      .optional(),
  ).describe(
    'Sign-in with an OpenID Connect provider, beside tokens: its issuer. The redirect URI there is `ROWBOT_PUBLIC_URL/sign-in/callback`.',
  ),
  ROWBOT_OIDC_CLIENT_ID: text.describe('Rowbot’s client id with the provider.'),
  ROWBOT_OIDC_CLIENT_SECRET: text.describe('Its secret, if it has one.'),
  ROWBOT_OIDC_ROLES: text
    .refine((rules) => readRoleRules(rules ?? '') !== undefined, {
      error: 'must be roles with commas between: admin=ops,runner=staff,viewer=*',
    })
    .describe(
      'Which value of the claim gives which role, `*` everybody: `admin=rowbot-admins,runner=staff,viewer=*`.',
    ),
  ROWBOT_OIDC_ROLE_CLAIM: given(z.string().default('groups')).describe('The claim that roles come from.'),
  ROWBOT_OIDC_SCOPE: given(z.string().default('openid profile email')).describe('What is asked for.'),
  ROWBOT_OIDC_NAME: text.describe('What the button calls the provider. Unset: its host.'),
  ROWBOT_OIDC_SESSION_HOURS: hours(12).describe(
    'Hours after which whoever signed in with the provider signs in again. Only then is the provider asked again for their role, and whether they are still there.',
  ),
})

/** They are checked where they are read, in net/network.ts, before anything else is: the command line uses them elsewhere, too. */
const NETWORK = z.object({
  HTTPS_PROXY: text.describe(
    'The proxy to the internet, for https addresses and WebSockets: `http://user:password@proxy.example.com:3128`. Small letters count, too, and before these.',
  ),
  HTTP_PROXY: text.describe('The same for http addresses.'),
  NO_PROXY: text.describe(
    'What is reached without a proxy, with commas between: `example.com` (and all under it), `*.example.com`, `nas:8080`, `10.0.0.0/8`, `*`. This machine never is.',
  ),
  ROWBOT_CA_FILE: text.describe(
    'A PEM file of certificate authorities that are trusted besides those that everybody trusts.',
  ),
  NODE_EXTRA_CA_CERTS: text.describe(
    'The same, for programs on Node and Bun; from `.env` it counts for Rowbot.',
  ),
  ROWBOT_TLS_CERT: text.describe(
    'A client certificate for servers that ask for one, Dify above all: a PEM file, the client’s own certificate first.',
  ),
  ROWBOT_TLS_KEY: text.describe('Its private key, a PEM file.'),
  ROWBOT_TLS_KEY_PASSWORD: text.describe('The password of the key, if it is encrypted.'),
  ROWBOT_TLS_HOSTS: text.describe(
    'Hosts that are shown it, with commas between. Unset: the host of `DIFY_BASE_URL`.',
  ),
})

const NOTIFY = z.object({
  ROWBOT_WEBHOOK_SECRET: text.describe(
    'Signs webhooks: `whsec_` and 24 bytes or more in base64. Two, with a comma, while one replaces the other.',
  ),
  ROWBOT_WEBHOOK_URL: given(
    z
      .string()
      .refine((url) => webUrl(url) !== undefined, 'must be an https address, without a user name')
      .optional(),
  ).describe('Gets a webhook of every task, unless the task says otherwise.'),
  ROWBOT_WEBHOOK_HOSTS: text
    .transform(listed)
    .refine((hosts) => hosts.every((host) => isHost(host.replace(/^http:\/\//, ''))), {
      error: 'must be hosts with commas between, without paths: hooks.example.com, http://nas:8080',
    })
    .describe(
      'Hosts that tasks may name, with the port if it is not the usual one. With `http://` before it, a host is also reached without https (`hooks.example.com,http://nas:8080`).',
    ),
  ROWBOT_SMTP_URL: given(
    z.url({ protocol: /^smtps?$/, error: 'must be an smtp or smtps address' }).optional(),
  ).describe(
    'The mail server: `smtps://user:password@smtp.example.com`, or `smtp://` with STARTTLS. Write @ and / in the user name and password as %40 and %2F.',
  ),
  ROWBOT_MAIL_FROM: text.describe('The sender of e-mails: `Rowbot <rowbot@example.com>`.'),
  ROWBOT_MAIL_TO: text
    .transform(listed)
    .refine((addresses) => addresses.every(isEmail), {
      error: 'must be e-mail addresses with commas between, without names',
    })
    .describe('Addresses that get an e-mail of every task, unless the task says otherwise.'),
  ROWBOT_MAIL_DOMAINS: text
    .transform(listed)
    .describe('Tasks may name addresses of these domains, with commas between; `*`: any address.'),
  ROWBOT_MAIL_MAX_MB: count(10).describe('A larger result is not attached to an e-mail, in MB.'),
  ROWBOT_RESULTS_FOLDER: text.describe(
    'A folder that the result of every task is also written to, unless the task says otherwise.',
  ),
})

/** Days after which something is deleted; 0: it is kept. */
const days = () => given(between(0, 36_500).default(0))
const someDays = (fallback: number) => given(between(1, 36_500).default(fallback))

const DATA_OF_PEOPLE = z.object({
  ROWBOT_KEEP_UPLOADS_DAYS: days().describe(
    'Days after the end of a task until its workbook and the files that came along are deleted. `0`: never, here and below. See [data.md](data.md).',
  ),
  ROWBOT_KEEP_INPUTS_DAYS: days().describe(
    'The same of rows: their cells and inputs. From then on the task cannot run again.',
  ),
  ROWBOT_KEEP_OUTPUTS_DAYS: days().describe(
    'The same of outputs, errors and files among them. From then on there is no result to download.',
  ),
  ROWBOT_KEEP_FILES_DAYS: days().describe('The same of files among outputs alone.'),
  ROWBOT_KEEP_TASK_LOGS_DAYS: days().describe('The same of the log of a task, which its page shows.'),
  ROWBOT_KEEP_DRAFTS_DAYS: someDays(2).describe(
    'Days after a draft’s day is over until it is deleted, with the rows that its preview shows. Until then late clicks and a second delivery of the same file are recognized by it.',
  ),
  ROWBOT_KEEP_KEYS_DAYS: someDays(7).describe('Days for which an idempotency key of the API is remembered.'),
  ROWBOT_KEEP_AUDIT_DAYS: days().describe('Days after which lines of the audit are deleted.'),
})

/** Every setting by what it is about, as docs/settings.md shows them. What each is for is said where it is checked. */
export const SETTINGS_BY_TOPIC = {
  DATA,
  DIFY,
  UPLOADS,
  SLACK,
  DISCORD,
  CHATS,
  PAGE,
  ACCESS,
  NETWORK,
  NOTIFY,
  DATA_OF_PEOPLE,
}

/** Every setting. `bun run docs` writes docs/settings.md from it, and a test compares it with .env.example. */
export const SETTINGS = z.object({
  ...DATA.shape,
  ...DIFY.shape,
  ...UPLOADS.shape,
  ...SLACK.shape,
  ...DISCORD.shape,
  ...CHATS.shape,
  ...PAGE.shape,
  ...ACCESS.shape,
  ...NETWORK.shape,
  ...NOTIFY.shape,
  ...DATA_OF_PEOPLE.shape,
})

export type GivenSettings = z.output<typeof SETTINGS>

/** `a, b`: splits at commas; empty text gives an empty list. */
export function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}

/** `name=value` pairs with commas between, as OpenTelemetry has them; undefined: it is none. */
export function headersOf(text: string | undefined): Record<string, string> | undefined {
  const pairs = listed(text).map((pair) => /^([\w-]+)=(.+)$/.exec(pair))
  return pairs.includes(null)
    ? undefined
    : Object.fromEntries(pairs.map((pair) => [pair?.[1] ?? '', decoded(pair?.[2] ?? '')]))
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

function isHttps(url: string): boolean {
  return new URL(url).protocol === 'https:'
}

/** A provider on this machine needs no https. */
function isHere(url: string): boolean {
  const { protocol, hostname } = new URL(url)
  return protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

/** A host, with its port if it has one of its own. */
function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(host)
}
