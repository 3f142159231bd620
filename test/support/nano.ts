import { type Nano, parseNano } from '../../src/engine/money.ts'

/** 0.25 as the code keeps it. */
export function nano(amount: number | string): Nano {
  const parsed = parseNano(amount)
  if (parsed === undefined) throw new Error(`${amount} is no amount`)
  return parsed
}
