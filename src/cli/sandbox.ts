import { startSandbox } from '../dify/sandbox/start-sandbox.ts'
import { EXIT } from './finish.ts'
import type { Screen } from './screen.ts'
import { untilTold } from './until-told.ts'

/** Serves the sandbox until it is told to stop. */
export async function runSandbox({ port = 0 }: { port?: number }, screen: Screen): Promise<number> {
  const sandbox = startSandbox({ port })
  screen.print(`Sandbox, not Dify: no model is called. ${sandbox.url}`)
  for (const { key, name } of sandbox.apps) screen.print(`  ${key}  ${name}`)
  screen.note(`Use an app: DIFY_BASE_URL=${sandbox.url} DIFY_API_KEYS=… bun rowbot run FILE`)
  await untilTold()
  await sandbox.stop()
  return EXIT.done
}
