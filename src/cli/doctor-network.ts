import type { Rowbot } from '../app/rowbot.ts'
import { type DoctorResult, fine } from '../bots/doctor-result.ts'
import { listWorkflows } from '../db/workflows/workflows.ts'
import { network } from '../net/current.ts'

/** Where Slack and Discord are, besides what their settings say. */
const SLACK = ['https://slack.com', 'wss://wss-primary.slack.com', 'https://files.slack.com']
const DISCORD = ['https://discord.com', 'wss://gateway.discord.gg', 'https://cdn.discordapp.com']

/**
 * Says how each server is reached: through which proxy, and which certificates count. Whether it answers is found out by the
 * other checks, which ask it.
 */
export async function examineNetwork({ db, config }: Pick<Rowbot, 'db' | 'config'>): Promise<DoctorResult[]> {
  if (network().isPlain) return [fine('No proxy is set: Rowbot reaches others directly.'), ...examineFiles()]
  const { slack, discord, http, notify } = config
  const servers = (await listWorkflows(db)).map(({ baseUrl }) => new URL(baseUrl).origin)
  const peers: [string, string[]][] = [
    ['Dify', servers],
    ['Slack', slack ? (slack.apiUrl === undefined ? SLACK : [slack.apiUrl]) : []],
    ['Discord', discord ? (discord.apiUrl === undefined ? DISCORD : [discord.apiUrl]) : []],
    ['Sign-in', http.provider ? [http.provider.issuer] : []],
    ['Webhooks', notify.webhook.url === undefined ? [] : [notify.webhook.url]],
  ]
  const routes = peers.flatMap(([name, addresses]) =>
    [...new Set(addresses.map((address) => new URL(address).origin))].map((origin) =>
      fine(`${name}, ${origin}: ${routeText(new URL(origin))}.`),
    ),
  )
  const { smtpUrl } = notify.email
  const mail =
    smtpUrl === undefined
      ? []
      : [fine(`Mail, ${new URL(smtpUrl).host}: directly, since HTTPS_PROXY is not for mail.`)]
  return [...routes, ...mail, ...examineFiles()]
}

function routeText(url: URL): string {
  const { proxy, client } = network().routeTo(url)
  return [
    proxy ? `through the proxy ${proxy.shown} (${proxy.setting})` : 'directly',
    ...(client ? ['with the client certificate of ROWBOT_TLS_CERT'] : []),
  ].join(', ')
}

function examineFiles(): DoctorResult[] {
  const files = Object.entries(network().files).map(([setting, path]) => `${path} (${setting})`)
  if (files.length === 0) return []
  return [fine(`Certificates of the authorities in ${files.join(' and ')} are trusted, too.`)]
}
