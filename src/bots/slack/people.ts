import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { KnownPerson } from '../../messages/people.ts'
import { at, textAt } from '../json-path.ts'
import { patiently } from './call.ts'
import { slackWords } from './texts.ts'

/** Who did something, as its payload tells. */
export interface Actor {
  id: string
  /** of the person, where the payload names it: someone of another company in a shared channel has another one */
  team?: string
}

export interface PeopleOptions {
  client: WebClient
  /** the workspace that the bot is installed in */
  team: string
  /** the company on Enterprise Grid, where there is one: its people may be at home in other workspaces of it */
  enterprise?: string
  allowGuests: boolean
}

const REMEMBERED = 1_000
const FRESH_MS = 10 * 60_000
/** Until Slack says otherwise. */
const LOCALE = 'en-US'

/** Who people are, in which language they read, and whether they belong here. */
export class People {
  readonly #known = new QuickLRU<string, { known: KnownPerson; until: number }>({ maxSize: REMEMBERED })

  constructor(private readonly options: PeopleOptions) {}

  async know({ id, team }: Actor): Promise<KnownPerson> {
    const remembered = this.#known.get(id)
    if (remembered && remembered.until > Date.now()) return remembered.known
    if (team && team !== this.options.team && !this.options.enterprise)
      return this.#refused(id, LOCALE, 'stranger')

    const called = await patiently(this.options.client, 'users.info', { user: id, include_locale: true })
    if (called.kind === 'ok') {
      const known = this.#read(id, at(called.value, 'user'))
      this.#known.set(id, { known, until: Date.now() + FRESH_MS })
      return known
    }
    // Someone we knew ten minutes ago is the same person now.
    if (remembered) return remembered.known
    if (called.kind === 'refused' && called.error === 'missing_scope') {
      const { missingScope, missingScopeHint } = slackWords(LOCALE)
      return { ...this.#named(id, id, LOCALE), refusal: `${missingScope('users:read')} ${missingScopeHint}` }
    }
    return this.#refused(id, LOCALE, 'unknownPerson')
  }

  #read(id: string, user: unknown): KnownPerson {
    const locale = textAt(user, 'locale') || LOCALE
    const name =
      textAt(user, 'profile', 'display_name') ||
      textAt(user, 'profile', 'real_name') ||
      textAt(user, 'real_name') ||
      textAt(user, 'name') ||
      id
    if (!this.#isOneOfUs(user)) return this.#refused(id, locale, 'stranger')
    if (isGuest(user) && !this.options.allowGuests) return this.#refused(id, locale, 'guest')
    return this.#named(id, name, locale)
  }

  #isOneOfUs(user: unknown): boolean {
    const { team, enterprise } = this.options
    if (at(user, 'is_stranger') === true) return false
    if (enterprise && textAt(user, 'enterprise_user', 'enterprise_id') === enterprise) return true
    return (textAt(user, 'team_id') || team) === team
  }

  #refused(id: string, locale: string, why: 'stranger' | 'guest' | 'unknownPerson'): KnownPerson {
    return { ...this.#named(id, id, locale), refusal: slackWords(locale)[why] }
  }

  #named(id: string, name: string, locale: string): KnownPerson {
    return { person: { platform: 'slack', team: this.options.team, id, name, roles: [] }, locale }
  }
}

function isGuest(user: unknown): boolean {
  return at(user, 'is_restricted') === true || at(user, 'is_ultra_restricted') === true
}
