import { SETTINGS_BY_TOPIC } from '../../src/app/settings.ts'

const TOPICS: Record<keyof typeof SETTINGS_BY_TOPIC, { title: string; page?: string }> = {
  DATA: { title: 'Data folder and log', page: 'operate.md' },
  DIFY: { title: 'Dify', page: 'dify.md' },
  UPLOADS: { title: 'Limits of an upload', page: 'workbooks.md' },
  SLACK: { title: 'Slack', page: 'slack.md' },
  DISCORD: { title: 'Discord', page: 'discord.md' },
  CHATS: { title: 'Both chats' },
  PAGE: { title: 'Page and API', page: 'page.md' },
  ACCESS: { title: 'Access', page: 'access.md' },
  NETWORK: { title: 'Proxies and certificates', page: 'networks.md' },
  NOTIFY: { title: 'Notifications', page: 'notifications.md' },
  DATA_OF_PEOPLE: { title: 'How long what is kept', page: 'data.md' },
}

type Default = string | number | string[] | undefined

/** A table a topic, in Markdown: each setting with its default and what it is for, as src/app/settings.ts says. */
export function settingsByTopic(): string {
  const topics = Object.keys(TOPICS) as (keyof typeof TOPICS)[] // of a constant object
  return topics.map(sectionOf).join('\n\n')
}

function sectionOf(topic: keyof typeof TOPICS): string {
  const { title, page } = TOPICS[topic]
  const see = page === undefined ? '' : `See [${page}](${page}).\n\n`
  return `## ${title}\n\n${see}${tableOf(topic)}`
}

function tableOf(topic: keyof typeof SETTINGS_BY_TOPIC): string {
  const schema = SETTINGS_BY_TOPIC[topic]
  const defaults: Record<string, Default> = schema.parse({})
  const rows = Object.entries(schema.shape).map(
    ([name, { description = '' }]) => `| \`${name}\` | ${shown(defaults[name])} | ${description} |`,
  )
  return ['| setting | default | what |', '| --- | --- | --- |', ...rows].join('\n')
}

/** An empty list is no default: it means that nothing is set. */
function shown(value: Default): string {
  const isNone = value === undefined || (Array.isArray(value) && value.length === 0)
  return isNone ? '–' : `\`${value.toString()}\``
}
