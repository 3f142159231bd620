/** A machine that wants a part of a limit. Times are the database's, ms since 1970. */
export interface Claimant {
  machine: string
  /** how many lanes want it: each gets its turn as on one machine */
  weight: number
  /** what it could use; 0: nothing */
  most: number
  /** what it has now */
  held: number
  /** since when it has something */
  turnAt: number
  /** when it last had something */
  heldAt: number
}

export interface Division {
  /** the least that is of use: one call, or the tokens of one row */
  unit?: number
  /** how long a machine keeps what it has while others wait for a turn, ms */
  turnMs: number
  now: number
  /** comes before all others */
  first?: string | undefined
}

/**
 * Divides a limit fairly: by the number of lanes, but at least one unit for each machine. What one cannot use goes to the
 * others. Where there are more machines than units, they take turns: who has had none for the longest time is next.
 * @returns by machine, in the order of their turns
 */
export function fairShares(
  limit: number,
  claimants: Claimant[],
  { unit = 1, turnMs, now, first }: Division,
): Map<string, number> {
  const units = Math.floor(Math.max(limit, 0) / unit)
  const all = claimants
    .filter(({ most, weight }) => most > 0 && weight > 0)
    .map((each) => ({ ...each, most: Math.ceil(each.most / unit), share: 0 }))
  const order = all.toSorted((a, b) => rank(a) - rank(b) || a.machine.localeCompare(b.machine))
  for (const each of order.slice(0, units)) each.share = 1
  divideRest(units - Math.min(units, all.length), all)
  const rest = limit - all.reduce((sum, { share }) => sum + share * unit, 0)
  const largest = order.find(({ share, most }) => share > 0 && share < most)
  const shares = order.map((each): [string, number] => [
    each.machine,
    each.share * unit + (each === largest && rest < unit ? rest : 0),
  ])
  return new Map(shares)

  /** Before all: whose turn is not over; then those that wait, by how long they do. */
  function rank({ machine, held, turnAt, heldAt }: Claimant): number {
    if (machine === first) return Number.NEGATIVE_INFINITY
    if (held <= 0) return heldAt
    return now - turnAt < turnMs ? turnAt - now : now
  }
}

interface Shared {
  machine: string
  weight: number
  most: number
  held: number
  share: number
}

/** By weight; what is left over by rounding goes to those that are owed most, and stays where it is if they are equal. */
function divideRest(rest: number, all: Shared[]): void {
  let left = rest
  while (left > 0) {
    const open = all.filter(({ share, most }) => share < most)
    const weights = open.reduce((sum, { weight }) => sum + weight, 0)
    if (open.length === 0) return
    const owed = open.map((each) => ({ each, exact: (left * each.weight) / weights }))
    for (const { each, exact } of owed) {
      const more = Math.min(Math.floor(exact), each.most - each.share)
      each.share += more
      left -= more
    }
    if (owed.some(({ each, exact }) => each.share === each.most && exact >= 1)) continue // its rest is the others'
    const byNeed = owed.toSorted(
      (a, b) =>
        (b.exact % 1) - (a.exact % 1) ||
        Number(b.each.held > b.each.share) - Number(a.each.held > a.each.share) ||
        a.each.machine.localeCompare(b.each.machine),
    )
    for (const { each } of byNeed.slice(0, left)) each.share++
    return
  }
}
