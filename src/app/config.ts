import { UserError } from '../engine/user-error.ts'
import type { BucketAccess } from '../files/bucket-home.ts'
import { type NotifySettings, webhookSecret } from './notify-settings.ts'
import { type ProviderSettings, readRoleRules } from './provider-settings.ts'
import type { Retention } from './retention.ts'
import { headersOf, listed, SETTINGS, type GivenSettings } from './settings.ts'
import { DEFAULT_LIMITS, type Limits } from '../workbook/limits.ts'

const MB = 2 ** 20
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
  /** how many tasks this process runs at once, on Postgres */
  tasksAtOnce: number
  /** undefined: made and stored in the data folder */
  secretKey: string | undefined
  /** the one of before, while what it has encrypted is encrypted anew */
  secretKeyOld: string | undefined
  /** whether rows and files are encrypted from now on; undefined: as it was last set for this database */
  encryptData: boolean | undefined
  /** where files are; undefined: in the database if it is Postgres, otherwise in the data folder */
  bucket: BucketAccess | undefined
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
  /** after how long what is deleted */
  retention: Retention
  logLevel: GivenSettings['LOG_LEVEL']
  /** undefined: no traces are sent */
  traces: { endpoint: string; headers: Record<string, string> } | undefined
}

/** The page and the API. */
export interface HttpConfig {
  host: string
  port: number
  /** base URL for links in the chats, without a slash at the end; undefined: no links */
  publicUrl: string | undefined
  /** whose `X-Forwarded-For`, `-Proto` and `-Host` are believed (client-address.ts, admin/http/front.ts) */
  trustedProxies: string[]
  /** undefined: made and stored in the data folder */
  adminToken: string | undefined
  /** undefined: there is no viewer token */
  viewerToken: string | undefined
  /** with which people sign in to the page; undefined: with tokens only */
  provider: ProviderSettings | undefined
  /** how long a session lasts, by what it began with */
  sessionHours: Record<'token' | 'provider', number>
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
      'docs/settings.md says what each takes.',
    )
  }
  const settings = parsed.data
  return {
    dataDir: settings.ROWBOT_DATA_DIR,
    databaseUrl: settings.DATABASE_URL,
    tasksAtOnce: settings.ROWBOT_TASKS_AT_ONCE,
    secretKey: settings.ROWBOT_SECRET_KEY,
    secretKeyOld: settings.ROWBOT_SECRET_KEY_OLD,
    encryptData: settings.ROWBOT_ENCRYPT_DATA && settings.ROWBOT_ENCRYPT_DATA === 'true',
    bucket: bucketOf(settings),
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
      sessionHours: { token: settings.ROWBOT_SESSION_HOURS, provider: settings.ROWBOT_OIDC_SESSION_HOURS },
    },
    slack: slackOf(settings),
    discord: settings.DISCORD_TOKEN
      ? {
          token: settings.DISCORD_TOKEN,
          apiUrl: settings.DISCORD_API_URL,
          guilds: listed(settings.DISCORD_GUILDS),
        }
      : undefined,
    retention: {
      upload: settings.ROWBOT_KEEP_UPLOADS_DAYS || null,
      inputs: settings.ROWBOT_KEEP_INPUTS_DAYS || null,
      outputs: settings.ROWBOT_KEEP_OUTPUTS_DAYS || null,
      files: settings.ROWBOT_KEEP_FILES_DAYS || null,
      log: settings.ROWBOT_KEEP_TASK_LOGS_DAYS || null,
      drafts: settings.ROWBOT_KEEP_DRAFTS_DAYS,
      keys: settings.ROWBOT_KEEP_KEYS_DAYS,
      audit: settings.ROWBOT_KEEP_AUDIT_DAYS || null,
    },
    logLevel: settings.LOG_LEVEL,
    traces: settings.OTEL_EXPORTER_OTLP_ENDPOINT
      ? {
          endpoint: settings.OTEL_EXPORTER_OTLP_ENDPOINT,
          headers: headersOf(settings.OTEL_EXPORTER_OTLP_HEADERS) ?? {},
        }
      : undefined,
  }
}

/** @throws UserError if only half of it is set */
function bucketOf(settings: GivenSettings): BucketAccess | undefined {
  const { ROWBOT_BUCKET: url, ROWBOT_BUCKET_KEY_ID: keyId, ROWBOT_BUCKET_SECRET: secret } = settings
  if (url === undefined) return undefined
  if (keyId === undefined || secret === undefined)
    throw new UserError(
      'ROWBOT_BUCKET is set, but not its key: files could be neither stored nor read.',
      'Set ROWBOT_BUCKET_KEY_ID and ROWBOT_BUCKET_SECRET: see docs/operate.md.',
    )
  const { hostname: name, pathname } = new URL(url)
  return {
    name,
    prefix: pathname.split('/').filter(Boolean).join('/'),
    endpoint: settings.ROWBOT_BUCKET_ENDPOINT,
    region: settings.ROWBOT_BUCKET_REGION,
    keyId,
    secret,
  }
}

/** @throws UserError if only half of it is set: nobody could sign in */
function providerOf(settings: GivenSettings): ProviderSettings | undefined {
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

/** @throws UserError if only half of it is set: it would look as if somebody were notified */
function notifyOf(settings: GivenSettings): NotifySettings {
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
function slackOf(settings: GivenSettings): SlackConfig | undefined {
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
