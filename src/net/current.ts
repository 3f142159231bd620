import { type Network, PLAIN_NETWORK } from './network.ts'

let current = PLAIN_NETWORK

/**
 * The network of this process. Like the environment that it is read from, there is one a process: libraries that open
 * connections by themselves cannot be handed another.
 */
export function network(): Network {
  return current
}

export function setNetwork(next: Network): void {
  current = next
}
