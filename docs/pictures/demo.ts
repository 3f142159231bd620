import { aFolder, rowbot } from '../../test/support/command.ts'

const LINK = /http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=\S+/

/**
 * Starts `rowbot demo` in its own data folder; both are removed when the test ends. Resolves with the sign-in link
 * once the sample has run. `--no-exit`, because standard output is not a terminal here and the page would close.
 */
export async function startDemo(): Promise<string> {
  const { env } = aFolder()
  const demo = rowbot(['demo', '--no-exit'], env)
  const ended = demo.ended.then(({ err }) => {
    throw new Error(`The demo ended without a link to its page. It said:\n${err}`)
  })
  await Promise.race([demo.says('The page stays'), ended])
  const link = LINK.exec(demo.errors())?.[0]
  if (!link) throw new Error('The link to the page of the demo is not as expected.')
  return link
}
