/** Resolves with the first SIGINT or SIGTERM. */
export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    process.once('SIGINT', resolve)
    process.once('SIGTERM', resolve)
  })
}
