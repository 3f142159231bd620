import type { REST } from 'discord.js'
import type { Urgency } from '../chat.ts'
import { call, type DiscordCallResult, type Request, UNAUTHORIZED } from './call.ts'
import { type Address, restOf, uploadRestOf } from './clients.ts'
import { RestLimits } from './rest-limits.ts'
import type { Log } from '../log.ts'

/** Discord’s REST API for calls without the 3 s deadline of a click. */
export class Api {
  /** Discord rejected the token in the last call. */
  isUnauthorized = false
  readonly #rests: Record<Urgency, REST>
  readonly #uploads: REST
  readonly #limits: Map<REST, RestLimits>

  constructor(
    private readonly address: Address,
    private readonly log: Log,
  ) {
    this.#rests = { awaited: restOf(address), progress: restOf(address) }
    this.#uploads = uploadRestOf(address)
    const all = [...Object.values(this.#rests), this.#uploads]
    this.#limits = new Map(all.map((rest) => [rest, new RestLimits(rest)]))
  }

  /** The library sends the calls for one channel one after the other: those of one urgency wait only for their like. */
  call(request: Request, urgency: Urgency = 'awaited'): Promise<DiscordCallResult> {
    return this.#call(this.#rests[urgency], request)
  }

  upload(request: Request): Promise<DiscordCallResult> {
    return this.#call(this.#uploads, request)
  }

  /** After a 401 the library drops the token and refuses every call itself, so we set the token again. */
  async #call(rest: REST, request: Request): Promise<DiscordCallResult> {
    this.#limits.get(rest)?.check()
    const called = await call(rest, request)
    const isUnauthorized = called.kind === 'refused' && called.code === UNAUTHORIZED
    if (isUnauthorized) {
      rest.setToken(this.address.token)
      this.log.error({ route: request.route }, 'Discord does not accept the token')
    }
    if (isUnauthorized || called.kind === 'ok') this.isUnauthorized = isUnauthorized
    return called
  }
}
