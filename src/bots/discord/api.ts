import type { REST } from 'discord.js'
import { call, type DiscordCallResult, type Request, UNAUTHORIZED } from './call.ts'
import { type Address, restOf, uploadRestOf } from './clients.ts'
import type { Log } from '../log.ts'

/** Discord's REST API for what nobody waits for within 3 s. */
export class Api {
  /** Discord does not know the token just now. */
  isUnauthorized = false
  readonly #rest: REST
  readonly #uploads: REST

  constructor(
    private readonly address: Address,
    private readonly log: Log,
  ) {
    this.#rest = restOf(address)
    this.#uploads = uploadRestOf(address)
  }

  call(request: Request): Promise<DiscordCallResult> {
    return this.#call(this.#rest, request)
  }

  upload(request: Request): Promise<DiscordCallResult> {
    return this.#call(this.#uploads, request)
  }

  /** The library forgets the token at one 401 and then refuses every call by itself: it is told the token again. */
  async #call(rest: REST, request: Request): Promise<DiscordCallResult> {
    const called = await call(rest, request)
    const isUnauthorized = called.kind === 'refused' && called.code === UNAUTHORIZED
    if (isUnauthorized) {
      rest.setToken(this.address.token)
      this.log.error({ route: request.route }, 'Discord does not take the token')
    }
    if (isUnauthorized || called.kind === 'ok') this.isUnauthorized = isUnauthorized
    return called
  }
}
