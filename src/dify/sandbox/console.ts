import type { SandboxApp } from './app.ts'

/** As `ADMIN_API_KEY` of a Dify server. The sandbox listens on 127.0.0.1 only, and its keys open nothing of worth. */
export const SANDBOX_ADMIN_KEY = 'sandbox-admin-key'
/** The only workspace of a sandbox. */
export const SANDBOX_WORKSPACE = '5a6d0c1e-0000-4000-8000-73616e64626f'

/** As the console lists it. */
export interface SandboxKey {
  id: string
  type: 'app'
  token: string
  last_used_at: null
  /** seconds since 1970 */
  created_at: number
}

/** Dify gives an app no more. */
export const MOST_KEYS = 10

/** The apps of a workspace and their keys, as the console has them: the key that a sample app always has, and others. */
export class SandboxConsole {
  readonly #keys: Map<SandboxApp, SandboxKey[]>
  readonly #ids: Map<SandboxApp, string>
  #made = 0

  constructor(readonly apps: readonly SandboxApp[]) {
    this.#ids = new Map(apps.map((app) => [app, idFrom(app.key)]))
    // A test may give an app another key.
    const own = (app: SandboxApp): SandboxKey => ({
      ...this.#key('', 0),
      get token() {
        return app.key
      },
    })
    this.#keys = new Map(apps.map((app) => [app, [own(app)]]))
  }

  /** The app that has this key. */
  appOf(token: string): SandboxApp | undefined {
    return this.apps.find((app) => this.keysOf(app).some((key) => key.token === token))
  }

  appById(id: string): SandboxApp | undefined {
    return this.apps.find((app) => this.idOf(app) === id)
  }

  idOf(app: SandboxApp): string {
    return this.#ids.get(app) ?? ''
  }

  keysOf(app: SandboxApp): readonly SandboxKey[] {
    return this.#keys.get(app) ?? []
  }

  /** Undefined: it has as many as it may have. */
  makeKey(app: SandboxApp): SandboxKey | undefined {
    const keys = this.keysOf(app)
    if (keys.length >= MOST_KEYS) return undefined
    const token = `app-${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`
    const key = this.#key(token, ++this.#made)
    this.#keys.set(app, [...keys, key])
    return key
  }

  /** False: it has no such key. */
  deleteKey(app: SandboxApp, id: string): boolean {
    const keys = this.keysOf(app)
    const left = keys.filter((key) => key.id !== id)
    this.#keys.set(app, left)
    return left.length < keys.length
  }

  /** Every key is a second younger than the one before it. */
  #key(token: string, number: number): SandboxKey {
    const created_at = STARTED_AT + number
    return { id: crypto.randomUUID(), type: 'app', token, last_used_at: null, created_at }
  }
}

/** Some second of 2026. */
const STARTED_AT = 1_780_000_000

/** The same at every start, so that a script may name it. */
function idFrom(key: string): string {
  const hex = new Bun.CryptoHasher('sha256').update(key).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
