import { expect } from 'bun:test'
import { sumUsage } from '../../../src/db/stats/task-facts.ts'
import type { Sandbox } from '../../../src/dify/sandbox/start-sandbox.ts'
import type { Rowbot } from '../../../src/app/rowbot.ts'

/** What both sides have written down. */
interface Books {
  bot: Pick<Rowbot, 'db'>
  sandbox: Pick<Sandbox, 'hits' | 'bill'>
}

/** A call as Rowbot has it in its books. */
export interface Paid {
  user: string
  row: number
  status: string
  learnt: string | null
  /** in billionths; undefined: nobody told */
  price: bigint | undefined
  /** what was taken for it, if nobody told */
  guess: bigint
  currency: string | null
}

/** Every call of a task. */
export async function paidFor({ bot }: Pick<Books, 'bot'>, taskId: string): Promise<Paid[]> {
  const runs = await bot.db
    .selectFrom('runs')
    .select(['user', 'row_number', 'status', 'learnt', 'price_nano', 'guess_nano', 'currency'])
    .where('task_id', '=', taskId)
    .execute()
  return runs.map(({ user, row_number, status, learnt, price_nano, guess_nano, currency }) => ({
    user,
    row: row_number,
    status,
    learnt,
    price: price_nano ?? undefined,
    guess: guess_nano ?? 0n,
    currency,
  }))
}

/**
 * What all tasks have cost is what the server charges. A call whose price is not known must be one whose end was never
 * heard: its row is marked as an estimate, and with the price of the server's books for those alone, the sums are equal.
 * @param gone calls of tasks that are deleted
 */
export async function checkMoney(world: Books, taskIds: string[], gone: Paid[]): Promise<void> {
  const tasks = await Promise.all(
    taskIds.map(async (id) => ({
      id,
      paid: await paidFor(world, id),
      spent: await sumUsage(world.bot.db, id),
    })),
  )
  const all = new Map([...gone, ...tasks.flatMap(({ paid }) => paid)].map((paid) => [paid.user, paid]))
  const hits = world.sandbox.hits()
  const charged = new Sums()
  for (const { user, price, tokens, currency } of hits) {
    const paid = all.get(user)
    if (!paid) throw new Error(`nobody knows of the call ${user}`)
    if (tokens === 0) expect([user, paid.price ?? 0n]).toEqual([user, 0n])
    else if (paid.price !== undefined)
      expect([user, paid.price, paid.currency]).toEqual([user, nanosOf(price), currency])
    else {
      expect([user, paid.learnt]).not.toEqual([user, 'stream'])
      charged.add(currency, nanosOf(price)) // nobody told what it cost
    }
  }
  for (const { id, paid, spent } of tasks) {
    const known = new Sums()
    for (const { price, currency } of paid) if (price !== undefined) known.add(currency ?? '', price)
    const shown = new Sums()
    for (const { currency, nano } of spent.prices) shown.add(currency, nano)
    for (const { currency, guess } of paid) shown.add(currency ?? '', -guess) // charged by the server’s price above
    expect([id, shown.lines]).toEqual([id, known.lines])
    for (const { currency, price } of shown.lines) charged.add(currency, price)
    const untold = hits.filter(({ user, tokens }) => tokens > 0 && all.get(user)?.price === undefined)
    const calls = untold.filter(({ user }) => paid.some((one) => one.user === user)).length
    const marked = spent.prices.reduce((sum, { guessed }) => sum + guessed, spent.unpriced)
    if (known.lines.length > 0) expect([id, marked]).toEqual([id, Math.max(marked, calls)])
  }
  for (const { price, currency } of gone) if (price !== undefined) charged.add(currency ?? '', price)
  const bill = new Sums()
  for (const { currency, price } of world.sandbox.bill()) bill.add(currency, nanosOf(price))
  expect(charged.lines).toEqual(bill.lines)
}

/** By currency: they are never added. */
class Sums {
  readonly #sums = new Map<string, bigint>()

  add(currency: string, price: bigint): void {
    if (price !== 0n) this.#sums.set(currency, (this.#sums.get(currency) ?? 0n) + price)
  }

  get lines(): { currency: string; price: bigint }[] {
    return [...this.#sums]
      .filter(([, price]) => price !== 0n)
      .map(([currency, price]) => ({ currency, price }))
      .toSorted((a, b) => (a.currency < b.currency ? -1 : 1))
  }
}

/** Of a price as the sandbox writes it, read here by hand: the product’s own reading is what is checked. */
function nanosOf(price: string): bigint {
  if (!/^\d+\.\d{7}$/.test(price)) throw new Error(`a price is written as ${price}`)
  return BigInt(price.replace('.', '')) * 100n
}
