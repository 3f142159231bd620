export type Platform = 'slack' | 'discord' | 'web'

/** Somebody who sends files and clicks. Plain JSON. */
export interface Person {
  platform: Platform
  /** makes the id unique: Slack’s workspace; empty where ids are unique already (Discord, the web) */
  team: string
  id: string
  /** for results and lists */
  name: string
  /** Discord: ids of the person’s roles; Slack: ids of their user groups, if known */
  roles: string[]
}

/** Where a conversation is held. Plain JSON: it is stored in the database. */
export interface Place {
  platform: Platform
  /** workspace or guild; empty for a Discord direct message */
  team: string
  /** the channel that access is granted for; for a thread, its channel */
  channel: string
  /**
   * Slack: thread_ts; Discord: the thread’s channel id, or the channel’s where there can be no thread (direct
   * message)
   */
  thread?: string
  /** fewer people read the thread than its channel: what belongs there must not go to the channel */
  isPrivate?: true
  /** URL of the conversation, for a web page */
  link?: string
}

/** One message in a place. `id` is the platform’s. */
export interface MessageRef {
  place: Place
  id: string
}

type PersonId = Pick<Person, 'platform' | 'team' | 'id'>

export function isSamePerson(a: PersonId, b: PersonId): boolean {
  return a.platform === b.platform && a.team === b.team && a.id === b.id
}

/** Identifies a person in the database, as the owner of tasks and drafts. */
export function personKey({ platform, team, id }: PersonId): string {
  return `${platform}:${team}:${id}`
}

/** Who asks, where, and in which language (`en-US`, `zh-CN`, …; messages/texts/ picks the nearest that it has). */
export interface Requester {
  person: Person
  place: Place
  locale: string
}

/** Who did something, as the platform identifies them. */
export interface IdentifiedPerson {
  person: Person
  locale: string
  /** a sentence that says why this person may not use the bot */
  refusal?: string
}
