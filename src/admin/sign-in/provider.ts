import * as oidc from 'openid-client'
import { z } from 'zod'
import { type ProviderSettings, roleOfClaims } from '../../app/provider-settings.ts'
import { cleanName } from '../../app/tokens.ts'
import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'
import type { AdminLog, AdminOptions } from '../options.ts'
import { BY_PROVIDER, type Holder } from './session.ts'

/** What the browser keeps, sealed, while its person is at the provider. */
const PENDING = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  /** where on the page they wanted to go */
  next: z.string(),
  until: z.number(),
})
export type PendingSignIn = z.output<typeof PENDING>

export const PENDING_MINUTES = 10
const TIMEOUT_SECONDS = 10
/** how long what the provider says of itself is used: its addresses and keys may change */
const CACHED_MS = 3_600_000

export interface ProviderOptions {
  settings: ProviderSettings
  /** of these settings, for sessions */
  fingerprint: string
  now: () => number
  log: Pick<AdminLog, 'warn'>
}

/** Signs people in with an OpenID Connect provider: code flow with PKCE, state and nonce. */
export class Provider {
  #cached: { config: Promise<oidc.Configuration>; until: number } | undefined

  constructor(private readonly options: ProviderOptions) {}

  /** of its settings, for sessions: with others, nobody is signed in any more who was by these */
  get fingerprint(): string {
    return this.options.fingerprint
  }

  get name(): string {
    return this.options.settings.name
  }

  /** @throws UserError if it cannot be reached, or is not the one that the settings name */
  async reach(): Promise<void> {
    await this.#config()
  }

  /** @throws UserError if the provider cannot be reached */
  async begin(redirectUri: string, next: string): Promise<{ to: URL; pending: PendingSignIn }> {
    const config = await this.#config()
    const [state, nonce, verifier] = [oidc.randomState(), oidc.randomNonce(), oidc.randomPKCECodeVerifier()]
    const to = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: this.options.settings.scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    return {
      to,
      pending: { state, nonce, verifier, next, until: this.options.now() + PENDING_MINUTES * 60_000 },
    }
  }

  /**
   * @param url as the browser came back, under the address that was given as its redirect
   * @throws UserError if the provider has refused, cannot be reached, or gives no role; or if what it says is not right
   */
  async finish(url: URL, pending: PendingSignIn): Promise<Holder> {
    const { settings, fingerprint } = this.options
    const config = await this.#config()
    const claims = await this.#claims(config, url, pending).catch((fault: unknown) => {
      throw this.#asUserError(fault)
    })
    const { issuer } = settings
    const person = z
      .looseObject({ sub: z.string(), name: TEXT, preferred_username: TEXT, email: TEXT })
      .parse(claims)
    const name =
      cleanName(person.name ?? person.preferred_username ?? person.email ?? '') || cleanName(person.sub)
    const role = roleOfClaims(claims, settings)
    if (!role)
      throw new UserError(say('provider-no-role', { name, provider: this.name }), say('do-ask-for-role'))
    return { role, name, personId: `oidc:${issuer} ${person.sub}`, openedWith: BY_PROVIDER + fingerprint }
  }

  /** Of the ID token, whose signature is checked, and of the provider’s user info, which may have more. */
  async #claims(
    config: oidc.Configuration,
    url: URL,
    pending: PendingSignIn,
  ): Promise<Record<string, unknown>> {
    const tokens = await oidc.authorizationCodeGrant(config, url, {
      expectedState: pending.state,
      expectedNonce: pending.nonce,
      pkceCodeVerifier: pending.verifier,
      idTokenExpected: true,
    })
    const claims = tokens.claims() ?? { sub: '' }
    if (config.serverMetadata().userinfo_endpoint === undefined) return claims
    const info = await oidc.fetchUserInfo(config, tokens.access_token, claims.sub)
    return { ...info, ...claims }
  }

  #asUserError(fault: unknown): UserError {
    const provider = this.name
    this.options.log.warn(
      { fault: codeOf(fault), provider },
      'somebody could not be signed in by the provider',
    )
    if (fault instanceof oidc.AuthorizationResponseError)
      return new UserError(say('provider-refused', { provider, answer: fault.error }), say('do-try-again'))
    return new UserError(say('provider-not-right', { provider }), say('do-try-again'))
  }

  #config(): Promise<oidc.Configuration> {
    const { now } = this.options
    if (!this.#cached || this.#cached.until <= now()) {
      const config = this.#discover()
      const cached = { config, until: now() + CACHED_MS }
      this.#cached = cached
      // It may be there again at the next click.
      config.catch(() => {
        if (this.#cached === cached) this.#cached = undefined
      })
    }
    return this.#cached.config
  }

  /** @throws UserError */
  async #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.options.settings
    const server = new URL(issuer)
    // The settings let no other address be without https than one on this machine.
    const insecure = server.protocol === 'http:' ? [oidc.allowInsecureRequests] : []
    try {
      const found = await oidc.discovery(server, clientId, undefined, oidc.None(), {
        execute: insecure,
        timeout: TIMEOUT_SECONDS,
      })
      const metadata = found.serverMetadata()
      const config = new oidc.Configuration(metadata, clientId, undefined, clientAuth(metadata, clientSecret))
      config.timeout = TIMEOUT_SECONDS
      for (const allow of insecure) allow(config)
      oidc.enableNonRepudiationChecks(config)
      return config
    } catch (fault) {
      this.options.log.warn({ fault: codeOf(fault), issuer }, 'the provider of sign-ins cannot be reached')
      throw new UserError(say('provider-not-reached', { provider: this.name }), say('do-sign-in-by-token'))
    }
  }
}

/** Undefined: none is set up. */
export function providerOf(
  { provider: settings, fingerprint, log }: Pick<AdminOptions, 'provider' | 'fingerprint' | 'log'>,
  now: () => number,
): Provider | undefined {
  if (!settings) return undefined
  const { issuer, clientId, roleClaim, roles } = settings
  const about = JSON.stringify(['provider', issuer, clientId, roleClaim, roles])
  return new Provider({ settings, fingerprint: fingerprint(about), now, log })
}

const TEXT = z.string().optional().catch(undefined)

/** Basic, which every provider has to take, unless it says that it does not. */
function clientAuth(
  { token_endpoint_auth_methods_supported: methods }: oidc.ServerMetadata,
  secret: string | undefined,
) {
  if (secret === undefined) return oidc.None()
  const isBasic = methods === undefined || methods.includes('client_secret_basic')
  return isBasic ? oidc.ClientSecretBasic(secret) : oidc.ClientSecretPost(secret)
}

/** Never the fault itself, which may have a code or a token in it. */
function codeOf(fault: unknown): string {
  if (fault instanceof oidc.AuthorizationResponseError || fault instanceof oidc.ResponseBodyError)
    return fault.error
  const code = fault instanceof Error && 'code' in fault ? fault.code : undefined
  return typeof code === 'string' ? code : fault instanceof Error ? fault.name : typeof fault
}

/** What is pending, from the cookie; undefined: it is over, or was made up. @param open opens the seal, or throws */
export function pendingIn(
  sealed: string | undefined,
  open: (sealed: string) => string,
  now: number,
): PendingSignIn | undefined {
  if (sealed === undefined) return undefined
  try {
    const pending = PENDING.parse(JSON.parse(open(sealed)))
    return pending.until > now ? pending : undefined
  } catch {
    return undefined
  }
}
