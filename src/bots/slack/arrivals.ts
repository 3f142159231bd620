import { listAt, textAt } from '../json-path.ts'

/** What can arrive from Slack. Each kind has its own switch in the app’s settings, and can be off alone. */
export const ARRIVAL_KINDS = ['message', 'mention', 'home', 'file', 'click', 'command'] as const
export type ArrivalKind = (typeof ARRIVAL_KINDS)[number]

export const ARRIVAL_NAMES = {
  message: 'a direct message',
  mention: 'a mention',
  home: 'the Home tab was opened',
  file: 'a file',
  click: 'a click',
  command: '/batch',
} satisfies Record<ArrivalKind, string>

/** Kinds that come by events; clicks and commands have switches of their own. */
export const EVENT_KINDS: readonly ArrivalKind[] = ['message', 'mention', 'home']

export function isArrivalKind(text: string): text is ArrivalKind {
  return ARRIVAL_KINDS.some((kind) => kind === text)
}

/** A payload from Slack: the id of the app that it was sent to, and what arrived with it. */
export function arrivalOf(body: object): { appId: string; kinds: ArrivalKind[] } {
  return { appId: textAt(body, 'api_app_id'), kinds: kindsOf(body) }
}

function kindsOf(body: object): ArrivalKind[] {
  const type = textAt(body, 'type')
  if (type === 'event_callback') {
    const kind = BY_EVENT[textAt(body, 'event', 'type')]
    const hasFile = listAt(body, 'event', 'files').length > 0
    return [...(kind ? [kind] : []), ...(hasFile ? (['file'] as const) : [])]
  }
  if (textAt(body, 'command')) return ['command']
  return BY_INTERACTION.has(type) ? ['click'] : []
}

const BY_EVENT: Record<string, ArrivalKind> = {
  message: 'message',
  app_mention: 'mention',
  app_home_opened: 'home',
}
const BY_INTERACTION = new Set(['block_actions', 'view_submission', 'shortcut', 'message_action'])
