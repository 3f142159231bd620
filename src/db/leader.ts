import type { Clock } from '../engine/clock.ts'
import { giveBackLease, type Lease, LeaseLost, renewLease, takeLease, writeAsHolder } from './leases.ts'
import type { Db, Trx } from './schema.ts'

/** What the one machine has that does something for all. */
export interface Leader {
  /** False from the moment when another machine may take over. Ask before everything that others would do twice. */
  isCurrent(): boolean
  /** Writes, unless another machine has taken over. @throws LeaseLost */
  write<T>(work: (db: Db | Trx) => Promise<T>): Promise<T>
}

/** That of the only process there is. */
export function soleLeader(db: Db): Leader {
  return { isCurrent: () => true, write: (work) => work(db) }
}

/** That of this process while it has one, and of nobody otherwise. */
export class LeaderSwitch implements Leader {
  current: Leader | undefined

  constructor(private readonly name: string) {}

  isCurrent(): boolean {
    return this.current?.isCurrent() ?? false
  }

  write<T>(work: (db: Db | Trx) => Promise<T>): Promise<T> {
    return this.current?.write(work) ?? Promise.reject(new LeaseLost(this.name))
  }
}

export interface LeadershipOptions {
  name: string
  /** with a connection of its own: while all others are busy, the lease must be renewed */
  leases: Db
  /** where the leader writes */
  db: Db
  clock: Clock
  elected: (leader: Leader) => void
  /** Another machine may take over: stop at once. What is under way cannot write any more. */
  lost: () => void
  onFault: (fault: unknown) => void
  /** for tests: shorter */
  leaseMs?: number
}

/**
 * Another machine takes over after this time, and one try. Not shorter: a server that restarts would change the leader.
 */
const LEASE_MS = 8_000
/** Three tries within a lease, and a quarter of it for whatever differs between two clocks. */
const RENEWALS_A_LEASE = 4
const TRIES_A_LEASE = 8

/**
 * Decides which of several machines does what must be done once. It is a lease and no advisory lock: the server keeps a
 * lock for a frozen process, and for one behind a firewall that forgot the connection, while a lease runs out.
 */
export class Leadership {
  #lease: Lease | undefined
  /** on the monotonic clock */
  #until = 0
  #cancel = () => {}
  #stepDown = () => {}
  #running: Promise<void> | undefined
  #stopped = false

  constructor(private readonly options: LeadershipOptions) {}

  start(): void {
    this.#running = this.#look()
  }

  get isLeader(): boolean {
    return this.#lease !== undefined && this.#isIn(this.#lease)
  }

  /** Hands over at once. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#cancel()
    await this.#running
    const lease = this.#lease
    this.#lose()
    if (lease) await this.#giveBack(lease)
  }

  /** Tries to get the lease, or renews it, and sets the timer for the next time. */
  async #look(): Promise<void> {
    const { clock, onFault } = this.options
    const ms = this.options.leaseMs ?? LEASE_MS
    await (this.#lease ? this.#renew(this.#lease, ms) : this.#try(ms)).catch(onFault)
    if (this.#stopped) return
    const wait = ms / (this.#lease ? RENEWALS_A_LEASE : TRIES_A_LEASE)
    this.#cancel = clock.after(wait, () => this.start())
  }

  async #try(ms: number): Promise<void> {
    const { db, leases, name, clock } = this.options
    const asked = clock.monotonicNow()
    const lease = await takeLease(leases, name, ms)
    if (!lease) return
    if (this.#stopped) return this.#giveBack(lease)
    this.#lease = lease
    this.#holdSince(asked, ms)
    this.options.elected({
      isCurrent: () => this.#isIn(lease),
      write: (work) => {
        if (!this.#isIn(lease)) return Promise.reject(new LeaseLost(name))
        return writeAsHolder(db, lease, work)
      },
    })
  }

  /** What fails here runs out by itself. */
  async #giveBack(lease: Lease): Promise<void> {
    await giveBackLease(this.options.leases, lease).catch(() => {})
  }

  async #renew(lease: Lease, ms: number): Promise<void> {
    const asked = this.options.clock.monotonicNow()
    const isHeld = await renewLease(this.options.leases, lease, ms)
    if (this.#lease !== lease) return // it ran out meanwhile
    if (isHeld) this.#holdSince(asked, ms)
    else this.#lose()
  }

  /** The database counts from when it got the question, which is later: by our clock it ends before. */
  #holdSince(asked: number, ms: number): void {
    const { clock } = this.options
    this.#until = asked + ms - ms / RENEWALS_A_LEASE
    this.#stepDown()
    this.#stepDown = clock.after(this.#until - clock.monotonicNow(), () => this.#lose())
  }

  #isIn(lease: Lease): boolean {
    return this.#lease === lease && this.options.clock.monotonicNow() < this.#until
  }

  #lose(): void {
    if (!this.#lease) return
    this.#lease = undefined
    this.#stepDown()
    this.options.lost()
  }
}
