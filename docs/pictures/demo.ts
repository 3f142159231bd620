import { aFolder, rowbot } from '../../test/support/command.ts'

const LINK = /http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=\S+/

/**
 * `rowbot demo` in a data folder of its own; both go when the test ends. Resolves with the link that signs in once the
 * sample has run. `--no-exit`: standard output is no terminal here, and the page would end with the sample.
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
