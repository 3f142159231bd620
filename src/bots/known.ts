import type { Person } from '../wizard/people.ts'

/** Who did something, as the platform knows them. */
export interface Known {
  person: Person
  locale: string
  /** why this person may not use the bot: a sentence */
  refusal?: string
}
