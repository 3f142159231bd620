import { aFolder, rowbot } from '../../test/support/command.ts'

const LINK = /http:\/\/127\.0\.0\.1:\d+\/sign-in\?token=\S+/

/**
 * `rowbot demo` in a data folder of its own; both go when the test ends. Resolves with the link that signs in, which the
 * demo prints on standard error once it serves the page; it serves it until it is told to stop.
 */
export async function startDemo(): Promise<string> {
  const { env } = aFolder({ ROWBOT_PORT: `${await freePort()}` })
  const demo = rowbot(['demo'], env)
  const ended = demo.ended.then(({ err }) => {
    throw new Error(`The demo ended without a link to its page. It said:\n${err}`)
  })
  await Promise.race([demo.says('/sign-in?token='), ended])
  // The link is whole: a line is one write, and one of less than 4 KB arrives in one piece.
  const link = LINK.exec(demo.errors())?.[0]
  if (!link) throw new Error('The link to the page of the demo is not as expected.')
  return link
}

/** Somebody else may take it before the demo does; then the demo says so, and this is run again. */
async function freePort(): Promise<number> {
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() })
  const { port } = server
  await server.stop(true)
  if (port === undefined) throw new Error('a server on TCP has a port')
  return port
}
