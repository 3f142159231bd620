import { Routes } from 'discord.js'
import QuickLRU from 'quick-lru'
import type { Api } from './api.ts'
import type { KnownPerson, Person } from '../../messages/people.ts'
import { listAt } from '../json-path.ts'
import type { Origin } from './decode.ts'
import { discordWords } from './texts.ts'

export interface PeopleOptions {
  api: Api
  /** the servers whose people may use the bot; empty: all that it was invited to */
  allowed: string[]
  /** the servers that the bot is on now */
  guilds: () => string[]
  /** the language that somebody was last seen to read, before a restart too */
  localeOf: (person: Person) => Promise<string | undefined>
}

const REMEMBERED = 1_000
const FRESH_MS = 5 * 60_000
/** In a direct message, on so many servers somebody is looked for: one call each. */
const SERVERS_ASKED = 10
/** Until Discord says otherwise. */
const LOCALE = 'en-US'

/** Who people are, in which language they read, and whether they belong here. */
export class People {
  readonly #locales = new QuickLRU<string, string>({ maxSize: REMEMBERED })
  readonly #memberships = new QuickLRU<string, { roles: string[]; until: number }>({ maxSize: REMEMBERED })

  constructor(private readonly options: PeopleOptions) {}

  async know(origin: Origin): Promise<KnownPerson> {
    const { actor, guild } = origin
    const { allowed } = this.options
    const nobody: Person = { platform: 'discord', team: '', id: actor.id, name: actor.name, roles: [] }
    const locale = await this.#localeOf(origin, nobody)
    const known = (roles: string[]): KnownPerson => ({ person: { ...nobody, roles }, locale })
    const { stranger, unknownPerson } = discordWords(locale)
    if (guild !== '') {
      const isOurs = allowed.length === 0 || allowed.includes(guild)
      return { ...known([guild, ...actor.roles]), ...(!isOurs && { refusal: stranger }) }
    }
    const roles = await this.#rolesElsewhere(actor.id)
    if (allowed.length === 0 || (roles && roles.length > 0)) return known(roles ?? [])
    return { ...known([]), refusal: roles ? stranger : unknownPerson }
  }

  /** Whatever is clicked or typed as a command says it; a message does not. */
  async #localeOf({ locale, guildLocale }: Origin, person: Person): Promise<string> {
    const known = locale ?? this.#locales.get(person.id) ?? (await this.options.localeOf(person))
    if (known) this.#locales.set(person.id, known)
    return known ?? guildLocale ?? LOCALE
  }

  /**
   * The servers and roles of somebody who writes directly: access may be granted by either. A server counts as a role,
   * as Discord has it for @everyone. Undefined: Discord did not say.
   */
  async #rolesElsewhere(user: string): Promise<string[] | undefined> {
    const remembered = this.#memberships.get(user)
    if (remembered && remembered.until > Date.now()) return remembered.roles
    const { allowed, guilds, api } = this.options
    const asked = (allowed.length > 0 ? allowed : guilds()).slice(0, SERVERS_ASKED)
    const roles: string[] = []
    let isSure = true
    for (const guild of asked) {
      const called = await api.call({ method: 'get', route: Routes.guildMember(guild, user) })
      if (called.kind === 'ok') roles.push(guild, ...listAt(called.value, 'roles').map(String))
      else if (called.kind !== 'refused') isSure = false
    }
    if (!isSure && roles.length === 0) return remembered?.roles
    this.#memberships.set(user, { roles, until: Date.now() + FRESH_MS })
    return roles
  }
}
