import { startSandbox } from '../../src/dify/sandbox/start-sandbox.ts'

/** The sandbox in its own process, so that its work does not count as ours. Ends when its parent does. */
const sandbox = startSandbox({ delayMs: Number(process.argv[2]) })
console.log(sandbox.url)
for await (const _ of Bun.stdin.stream());
await sandbox.stop()
