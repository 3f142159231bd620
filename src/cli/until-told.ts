/**
 * `bun run` hands a Ctrl-C on to its child, which has it from the terminal already: a second one so soon after the first
 * is the same.
 */
export const AS_ONE_MS = 500

/** Resolves with the first SIGINT or SIGTERM. A later one ends the process as it always does. */
export function untilTold(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const told = (signal: NodeJS.Signals) => {
      resolve(signal)
      setTimeout(off, AS_ONE_MS).unref()
    }
    const off = () => {
      process.off('SIGINT', told)
      process.off('SIGTERM', told)
    }
    process.on('SIGINT', told)
    process.on('SIGTERM', told)
  })
}
