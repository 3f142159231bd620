import { z } from 'zod'
import { UserError } from '../engine/user-error.ts'
import { isEmail, type NotifySettings, webhookSecret, webUrl } from './notify-settings.ts'
import { type ProviderSettings, readRoleRules } from './provider-settings.ts'
import { trustedProxies } from './client-address.ts'
import { DEFAULT_LIMITS, type Limits } from '../workbook/limits.ts'

const MB = 2 ** 20

/** Empty means unset, as in compose files and CI. */
const given = <T extends z.ZodType>(schema: T) =>
  z.preprocess((text) => (text === '' ? undefined : text), schema)
const text = given(z.string().optional())
const count = (fallback: number) =>
  given(z.coerce.number({ error: 'must be a number' }).int().positive().default(fallback))
const address = z.url({ protocol: /^https?$/, error: 'must be an http or https address' })

/** Every setting. The README and .env.example explain them. */
const SETTINGS = z.object({
  ROWBOT_DATA_DIR: given(z.string().default('data')),
  DATABASE_URL: given(
    z
      .url({
        protocol: /^postgres(ql)?$/,
        error: 'must be a postgres address: postgres://user:password@host/database',
      })
      .optional(),
  ),
  ROWBOT_SECRET_KEY: given(z.string().min(16, 'must have at least 16 characters').optional()),
  ROWBOT_MAX_FILE_MB: count(DEFAULT_LIMITS.maxFileBytes / MB),
  ROWBOT_MAX_UNPACKED_MB: count(DEFAULT_LIMITS.maxUnpackedBytes / MB),
  ROWBOT_MAX_ROWS: count(DEFAULT_LIMITS.maxRows),
  ROWBOT_MAX_COLUMNS: count(DEFAULT_LIMITS.maxColumns),
  ROWBOT_MAX_FILES: count(DEFAULT_LIMITS.maxFiles),
  ROWBOT_MAX_FILES_MB: count(DEFAULT_LIMITS.maxFilesBytes / MB),
  ROWBOT_FILE_HOSTS: text.transform(listed).refine((hosts) => hosts.every(isHost), {
    error: 'must be hosts with commas between, without https:// and paths: files.example.com, nas:8080',
  }),
  DIFY_BASE_URL: given(address.default('https://api.dify.ai/v1')),
  DIFY_API_KEYS: text,
  DIFY_QUEUE_MINUTES: given(z.coerce.number({ error: 'must be a number' }).min(0).max(1_440).optional()),
  /** its old name */
  DIFY_QUEUE_SECONDS: given(z.coerce.number({ error: 'must be a number' }).min(0).max(300).optional()),
  ROWBOT_ADMINS: text,
  ROWBOT_HOST: given(z.string().default('127.0.0.1')),
  ROWBOT_PORT: given(z.coerce.number({ error: 'must be a number' }).int().min(1).max(65_535).default(8000)),
  ROWBOT_PUBLIC_URL: given(address.optional()),
  ROWBOT_TRUSTED_PROXIES: text.transform(listed).refine((entries) => trustedProxies(entries) !== undefined, {
    error: 'must be addresses or ranges with commas between: loopback, 10.0.0.0/8, fd00::/8',
  }),
  ROWBOT_ADMIN_TOKEN: given(z.string().min(16, 'must have at least 16 characters').optional()),
  ROWBOT_VIEWER_TOKEN: given(z.string().min(16, 'must have at least 16 characters').optional()),
  ROWBOT_OIDC_ISSUER: given(
    z
      .url()
      .refine((url) => isHttps(url) || isHere(url), 'must be an https address')
      .optional(),
  ),
  ROWBOT_OIDC_CLIENT_ID: text,
  ROWBOT_OIDC_CLIENT_SECRET: text,
  ROWBOT_OIDC_NAME: text,
  ROWBOT_OIDC_SCOPE: given(z.string().default('openid profile email')),
  ROWBOT_OIDC_ROLE_CLAIM: given(z.string().default('groups')),
  ROWBOT_OIDC_ROLES: text.refine((rules) => readRoleRules(rules ?? '') !== undefined, {
    error: 'must be roles with commas between: admin=ops,runner=staff,viewer=*',
  }),
  ROWBOT_WEBHOOK_URL: given(
    z
      .string()
      .refine((url) => webUrl(url) !== undefined, 'must be an https address, without a user name')
      .optional(),
  ),
  ROWBOT_WEBHOOK_HOSTS: text
    .transform(listed)
    .refine((hosts) => hosts.every((host) => isHost(host.replace(/^http:\/\//, ''))), {
      error: 'must be hosts with commas between, without paths: hooks.example.com, http://nas:8080',
    }),
  ROWBOT_WEBHOOK_SECRET: text,
  ROWBOT_SMTP_URL: given(
    z.url({ protocol: /^smtps?$/, error: 'must be an smtp or smtps address' }).optional(),
  ),
  ROWBOT_MAIL_FROM: text,
  ROWBOT_MAIL_TO: text.transform(listed).refine((addresses) => addresses.every(isEmail), {
    error: 'must be e-mail addresses with commas between, without names',
  }),
  ROWBOT_MAIL_DOMAINS: text.transform(listed),
  ROWBOT_MAIL_MAX_MB: count(10),
  ROWBOT_RESULTS_FOLDER: text,
  SLACK_BOT_TOKEN: text,
  SLACK_APP_TOKEN: text,
  SLACK_SIGNING_SECRET: text,
  SLACK_CONFIG_TOKEN: text,
  SLACK_API_URL: given(address.optional()),
  DISCORD_TOKEN: text,
  DISCORD_API_URL: given(address.optional()),
  DISCORD_GUILDS: text,
  SLACK_ALLOW_GUESTS: given(z.enum(['true', 'false']).default('false')),
  LOG_LEVEL: given(z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info')),
})

const DEFAULT_QUEUE_SECONDS = 1_800

/** What is set and should be set otherwise, for whoever starts Rowbot to read. */
export function warningsOf(env: Record<string, string | undefined>): string[] {
  return [
    ...(env['DIFY_QUEUE_SECONDS']
      ? [
          'DIFY_QUEUE_SECONDS is called DIFY_QUEUE_MINUTES now, and 30 where it is not set. The old one still counts.',
        ]
      : []),
    ...(env['DISCORD_GUILDS'] && !env['DISCORD_TOKEN']
      ? ['DISCORD_GUILDS is set, but DISCORD_TOKEN is not: Discord stays off.']
      : []),
  ]
}

export interface Config {
  dataDir: string
  /** of a Postgres database, with its password; undefined: SQLite in the data folder */
  databaseUrl: string | undefined
  /** undefined: made and stored in the data folder */
  secretKey: string | undefined
  limits: Limits
  dify: { baseUrl: string; apiKeys: string[]; queueMinutes: number }
  http: HttpConfig
  /** ids, as in the chats, of people who may act on other people’s tasks */
  admins: string[]
  /** who else is notified of a task's end */
  notify: NotifySettings
  /** undefined: no Slack */
  slack: SlackConfig | undefined
  /** undefined: no Discord */
  discord: DiscordConfig | undefined
  logLevel: z.output<typeof SETTINGS>['LOG_LEVEL']
}

/** The page and the API. */
export interface HttpConfig {
  host: string
  port: number
  /** base URL for links in the chats, without a slash at the end; undefined: no links */
  publicUrl: string | undefined
  /** whose `X-Forwarded-For` is believed (client-address.ts) */
  trustedProxies: string[]
  /** undefined: made and stored in the data folder */
  adminToken: string | undefined
  /** undefined: there is no viewer token */
  viewerToken: string | undefined
  /** with which people sign in to the page; undefined: with tokens only */
  provider: ProviderSettings | undefined
}

export interface DiscordConfig {
  token: string
  apiUrl: string | undefined
  /** servers whose members may use the bot; empty: every server it was invited to */
  guilds: string[]
}

export interface SlackConfig {
  botToken: string
  /** Socket Mode; undefined: events over HTTP */
  appToken: string | undefined
  /** two while one replaces the other */
  signingSecrets: string[]
  /** lets `doctor` read the app’s own settings */
  configToken: string | undefined
  apiUrl: string | undefined
  allowGuests: boolean
}

/**
 * Reads the environment.
 * @throws UserError that names every invalid variable in one message, but never its value
 */
export function readConfig(env: Record<string, string | undefined>): Config {
  const parsed = SETTINGS.safeParse(env)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`)
    throw new UserError(
      `The settings are invalid: ${faults.join('; ')}.`,
      'See .env.example for what each takes.',
    )
  }
  const settings = parsed.data
  return {
    dataDir: settings.ROWBOT_DATA_DIR,
    databaseUrl: settings.DATABASE_URL,
    secretKey: settings.ROWBOT_SECRET_KEY,
    limits: {
      ...DEFAULT_LIMITS,
      maxFileBytes: settings.ROWBOT_MAX_FILE_MB * MB,
      maxUnpackedBytes: settings.ROWBOT_MAX_UNPACKED_MB * MB,
      maxRows: settings.ROWBOT_MAX_ROWS,
      maxColumns: settings.ROWBOT_MAX_COLUMNS,
      maxFiles: settings.ROWBOT_MAX_FILES,
      maxFilesBytes: settings.ROWBOT_MAX_FILES_MB * MB,
      fileHosts: settings.ROWBOT_FILE_HOSTS.map((host) => host.toLowerCase()),
    },
    dify: {
      queueMinutes:
        settings.DIFY_QUEUE_MINUTES ?? (settings.DIFY_QUEUE_SECONDS ?? DEFAULT_QUEUE_SECONDS) / 60,
      baseUrl: settings.DIFY_BASE_URL,
      apiKeys: listed(settings.DIFY_API_KEYS),
    },
    admins: listed(settings.ROWBOT_ADMINS),
    notify: notifyOf(settings),
    http: {
      host: settings.ROWBOT_HOST,
      port: settings.ROWBOT_PORT,
      publicUrl: settings.ROWBOT_PUBLIC_URL?.replace(/\/+$/, ''),
      trustedProxies: settings.ROWBOT_TRUSTED_PROXIES,
      adminToken: settings.ROWBOT_ADMIN_TOKEN,
      viewerToken: settings.ROWBOT_VIEWER_TOKEN,
      provider: providerOf(settings),
    },
    slack: slackOf(settings),
    discord: settings.DISCORD_TOKEN
      ? {
          token: settings.DISCORD_TOKEN,
          apiUrl: settings.DISCORD_API_URL,
          guilds: listed(settings.DISCORD_GUILDS),
        }
      : undefined,
    logLevel: settings.LOG_LEVEL,
  }
}

/** @throws UserError if only half of it is set: nobody could sign in */
function providerOf(settings: z.output<typeof SETTINGS>): ProviderSettings | undefined {
  const { ROWBOT_OIDC_ISSUER: issuer, ROWBOT_OIDC_CLIENT_ID: clientId } = settings
  const roles = readRoleRules(settings.ROWBOT_OIDC_ROLES ?? '') ?? []
  if (issuer === undefined && clientId === undefined && roles.length === 0) return undefined
  if (issuer === undefined || clientId === undefined || roles.length === 0)
    throw new UserError(
      'Of ROWBOT_OIDC_ISSUER, ROWBOT_OIDC_CLIENT_ID and ROWBOT_OIDC_ROLES only some are set: nobody could sign in with the provider.',
      'Set all three, or none: see docs/access.md.',
    )
  return {
    issuer,
    clientId,
    clientSecret: settings.ROWBOT_OIDC_CLIENT_SECRET,
    name: settings.ROWBOT_OIDC_NAME ?? new URL(issuer).hostname,
    scope: settings.ROWBOT_OIDC_SCOPE,
    roleClaim: settings.ROWBOT_OIDC_ROLE_CLAIM,
    roles,
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

/** @throws UserError if only half of it is set: it would look as if somebody were notified */
function notifyOf(settings: z.output<typeof SETTINGS>): NotifySettings {
  const { ROWBOT_SMTP_URL: smtpUrl, ROWBOT_MAIL_FROM: from, ROWBOT_MAIL_TO: to } = settings
  const secrets = listed(settings.ROWBOT_WEBHOOK_SECRET).map(webhookSecret)
  if (settings.ROWBOT_WEBHOOK_URL !== undefined && secrets.length === 0)
    throw new UserError(
      'ROWBOT_WEBHOOK_URL is set, but ROWBOT_WEBHOOK_SECRET is not: nobody could tell who has sent a webhook.',
      'Make one: echo "whsec_$(openssl rand -base64 32)"',
    )
  if (smtpUrl !== undefined && from === undefined)
    throw new UserError(
      'ROWBOT_SMTP_URL is set, but ROWBOT_MAIL_FROM is not: an e-mail needs a sender.',
      'Set it: Rowbot <rowbot@example.com>',
    )
  if (smtpUrl === undefined && to.length > 0)
    throw new UserError(
      'ROWBOT_MAIL_TO is set, but ROWBOT_SMTP_URL is not: no e-mail would be sent.',
      'Set it: smtps://user:password@smtp.example.com',
    )
  return {
    webhook: {
      url: settings.ROWBOT_WEBHOOK_URL,
      hosts: settings.ROWBOT_WEBHOOK_HOSTS.map((host) => host.toLowerCase()),
      secrets,
    },
    email: {
      smtpUrl,
      from: from ?? '',
      to,
      domains: settings.ROWBOT_MAIL_DOMAINS.map((domain) => domain.toLowerCase()),
      maxBytes: settings.ROWBOT_MAIL_MAX_MB * MB,
    },
    folder: settings.ROWBOT_RESULTS_FOLDER,
  }
}

/** @throws UserError if only half of it is set: it would look as if Slack were on, or off */
function slackOf(settings: z.output<typeof SETTINGS>): SlackConfig | undefined {
  const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken } = settings
  const signingSecrets = listed(settings.SLACK_SIGNING_SECRET)
  if (!botToken && (appToken || signingSecrets.length > 0))
    throw new UserError(
      `${appToken ? 'SLACK_APP_TOKEN' : 'SLACK_SIGNING_SECRET'} is set, but SLACK_BOT_TOKEN is not: Slack would stay off.`,
      'Copy it from https://api.slack.com/apps → your app → OAuth & Permissions → Bot User OAuth Token (xoxb-…), or remove the other one.',
    )
  if (!botToken) return undefined
  if (!appToken && signingSecrets.length === 0)
    throw new UserError(
      'SLACK_BOT_TOKEN is set, but Slack has no way to send events.',
      'Make one under https://api.slack.com/apps → your app → Basic Information → App-Level Tokens, with the scope connections:write, and set it as SLACK_APP_TOKEN (Socket Mode); or set SLACK_SIGNING_SECRET (HTTP): see docs/slack.md.',
    )
  const allowGuests = settings.SLACK_ALLOW_GUESTS === 'true'
  const { SLACK_CONFIG_TOKEN: configToken, SLACK_API_URL: apiUrl } = settings
  return { botToken, appToken, signingSecrets, configToken, apiUrl, allowGuests }
}

function listed(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)
}

/** A host, with its port if it has one of its own. */
function isHost(host: string): boolean {
  return /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(host)
}
