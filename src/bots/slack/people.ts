import type { WebClient } from '@slack/web-api'
import QuickLRU from 'quick-lru'
import type { IdentifiedPerson } from '../../messages/people.ts'
import { valueAt, textAt } from '../json-path.ts'
import { callWithRetries } from './call.ts'
import { slackTexts } from './texts.ts'

/** Who did something, from the event’s payload. */
export interface SlackUser {
  id: string
  /**
   * the person’s own workspace, if the payload has it: people of another company in a shared channel have another one
   */
  team?: string
}

export interface SlackPeopleOptions {
  client: WebClient
  /** the workspace in which the bot is installed */
  team: string
  /** the Enterprise Grid organization, if any: its people may belong to other workspaces of it */
  enterprise?: string
  allowGuests: boolean
}

const REMEMBERED = 1_000
const FRESH_MS = 10 * 60_000
/** Used until Slack says which language a person reads. */
const LOCALE = 'en-US'

/** Names and languages of people, and whether they may use the bot. */
export class SlackPeople {
  readonly #cache = new QuickLRU<string, { value: IdentifiedPerson; until: number }>({ maxSize: REMEMBERED })

  constructor(private readonly options: SlackPeopleOptions) {}

  /** @param patienceMs how long a busy Slack may be waited for; default: as long as for a file */
  async identify({ id, team }: SlackUser, patienceMs?: number): Promise<IdentifiedPerson> {
    const cached = this.#cache.get(id)
    if (cached && cached.until > performance.now()) return cached.value
    if (team && team !== this.options.team && !this.options.enterprise)
      return this.#refused(id, LOCALE, 'stranger')

    const args = { user: id, include_locale: true }
    const called = await callWithRetries(this.options.client, 'users.info', args, patienceMs)
    if (called.kind === 'ok') {
      const identified = this.#read(id, valueAt(called.value, 'user'))
      this.#cache.set(id, { value: identified, until: performance.now() + FRESH_MS })
      return identified
    }
    // An answer that is ten minutes old is good enough.
    if (cached) return cached.value
    if (called.kind === 'refused' && called.error === 'missing_scope') {
      const { missingScope, missingScopeHint } = slackTexts(LOCALE)
      return { ...this.#named(id, id, LOCALE), refusal: `${missingScope('users:read')} ${missingScopeHint}` }
    }
    return this.#refused(id, LOCALE, 'unknownPerson')
  }

  #read(id: string, user: unknown): IdentifiedPerson {
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
    if (valueAt(user, 'is_stranger') === true) return false
    if (enterprise && textAt(user, 'enterprise_user', 'enterprise_id') === enterprise) return true
    return (textAt(user, 'team_id') || team) === team
  }

  #refused(id: string, locale: string, why: 'stranger' | 'guest' | 'unknownPerson'): IdentifiedPerson {
    return { ...this.#named(id, id, locale), refusal: slackTexts(locale)[why] }
  }

  #named(id: string, name: string, locale: string): IdentifiedPerson {
    return { person: { platform: 'slack', team: this.options.team, id, name, roles: [] }, locale }
  }
}

function isGuest(user: unknown): boolean {
  return valueAt(user, 'is_restricted') === true || valueAt(user, 'is_ultra_restricted') === true
}
