export type Platform = 'slack' | 'discord' | 'web'

/** Someone who sends files and clicks. What a platform calls them; all plain JSON. */
export interface Person {
  platform: Platform
  /** what makes the id unique: Slack's workspace; empty where ids are (Discord, the web) */
  team: string
  id: string
  /** as results and lists name them */
  name: string
  /** Discord: the ids of their roles here; Slack: of their user groups, where they are known */
  roles: string[]
}

/** Where a conversation is held. Plain JSON: it is kept in the database and outlives restarts. */
export interface Place {
  platform: Platform
  /** workspace or guild; empty in a direct message of Discord */
  team: string
  /** the channel that access is granted for: of a thread, the one it hangs in */
  channel: string
  /** Slack: thread_ts; Discord: the thread's own channel id, or the channel's where no thread can hang (a direct message) */
  thread?: string
  /** how a web page may point at it */
  link?: string
}

/** One message in a place. `id` is the platform's. */
export interface MessageRef {
  place: Place
  id: string
}

type PersonId = Pick<Person, 'platform' | 'team' | 'id'>

export function isSamePerson(a: PersonId, b: PersonId): boolean {
  return a.platform === b.platform && a.team === b.team && a.id === b.id
}

/** Names a person in the database, for what they own. */
export function personKey({ platform, team, id }: PersonId): string {
  return `${platform}:${team}:${id}`
}

/** Who asks, where, and in which language (`en-US`, `zh-CN`, …: words/ picks the nearest it has). */
export interface Requester {
  person: Person
  place: Place
  locale: string
}

/** Who did something, as the platform knows them. */
export interface IdentifiedPerson {
  person: Person
  locale: string
  /** why this person may not use the bot: a sentence */
  refusal?: string
}
