import { Routes } from 'discord.js'
import QuickLRU from 'quick-lru'
import type { Api } from './api.ts'
import type { IdentifiedPerson, Person } from '../../messages/people.ts'
import { listAt } from '../json-path.ts'
import type { DiscordOrigin } from './decode.ts'
import { discordTexts } from './texts.ts'

export interface DiscordPeopleOptions {
  api: Api
  /** servers whose members may use the bot; empty: every server it was invited to */
  allowed: string[]
  /** the servers that the bot is in now */
  guilds: () => string[]
  /** the language that a person last used, remembered across restarts */
  localeOf: (person: Person) => Promise<string | undefined>
}

const REMEMBERED = 1_000
const FRESH_MS = 5 * 60_000
/** For a direct message, at most so many servers are asked about a person: one call each. */
const SERVERS_ASKED = 10
/** Used until Discord says which language a person reads. */
const LOCALE = 'en-US'

/** Names, languages and roles of people, and whether they may use the bot. */
export class DiscordPeople {
  readonly #locales = new QuickLRU<string, string>({ maxSize: REMEMBERED })
  readonly #memberships = new QuickLRU<string, { roles: string[]; until: number }>({ maxSize: REMEMBERED })

  constructor(private readonly options: DiscordPeopleOptions) {}

  async identify(origin: DiscordOrigin): Promise<IdentifiedPerson> {
    const { actor, guild } = origin
    const { allowed } = this.options
    const nobody: Person = { platform: 'discord', team: '', id: actor.id, name: actor.name, roles: [] }
    const locale = await this.#localeOf(origin, nobody)
    const identified = (roles: string[]): IdentifiedPerson => ({ person: { ...nobody, roles }, locale })
    const { stranger, unknownPerson } = discordTexts(locale)
    if (guild !== '') {
      const isOurs = allowed.length === 0 || allowed.includes(guild)
      return { ...identified([guild, ...actor.roles]), ...(!isOurs && { refusal: stranger }) }
    }
    const roles = await this.#rolesElsewhere(actor.id)
    if (allowed.length === 0 || (roles && roles.length > 0)) return identified(roles ?? [])
    return { ...identified([]), refusal: roles ? stranger : unknownPerson }
  }

  /** Clicks and commands carry the person’s language; messages do not. */
  async #localeOf({ locale, guildLocale }: DiscordOrigin, person: Person): Promise<string> {
    const seen = locale ?? this.#locales.get(person.id) ?? (await this.options.localeOf(person))
    if (seen) this.#locales.set(person.id, seen)
    return seen ?? guildLocale ?? LOCALE
  }

  /**
   * The servers and roles of a person who writes a direct message: access may depend on either. A server counts as a
   * role, as Discord does for @everyone. Undefined: Discord did not answer.
   */
  async #rolesElsewhere(user: string): Promise<string[] | undefined> {
    const cached = this.#memberships.get(user)
    if (cached && cached.until > performance.now()) return cached.roles
    const { allowed, guilds, api } = this.options
    const asked = (allowed.length > 0 ? allowed : guilds()).slice(0, SERVERS_ASKED)
    const roles: string[] = []
    let isSure = true
    for (const guild of asked) {
      const called = await api.call({ method: 'get', route: Routes.guildMember(guild, user) })
      if (called.kind === 'ok') roles.push(guild, ...listAt(called.value, 'roles').map(String))
      else if (called.kind !== 'refused') isSure = false
    }
    if (!isSure && roles.length === 0) return cached?.roles
    this.#memberships.set(user, { roles, until: performance.now() + FRESH_MS })
    return roles
  }
}
