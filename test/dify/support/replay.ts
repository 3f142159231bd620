import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import type { Recording } from './recordings.ts'

/** Said by the server, not part of what is replayed: node writes its own. */
const NOT_REPLAYED = new Set(['transfer-encoding', 'content-length', 'connection', 'date'])

/**
 * Answers as a recorded server did: the same status, headers and bytes, in the same pieces, and the same end. Which
 * recording answers a request is chosen by its method and path.
 */
export async function replay(choose: (method: string, path: string) => Recording | undefined) {
  const sent = Promise.withResolvers<void>()
  const server = createServer((request, response) => {
    request.resume()
    const path = request.url?.split('?')[0] ?? ''
    const recording = choose(request.method ?? '', path)
    if (!recording) {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(`nothing recorded for ${path}`)
      return
    }
    void play(recording, response).then(() => sent.resolve())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens
  return {
    url: `http://127.0.0.1:${port}`,
    /** the first answer is out */
    sent: sent.promise,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function play({ status, headers, chunks, end }: Recording, response: ServerResponse): Promise<void> {
  if (status === 0) return
  const kept = Object.entries(headers).filter(([name]) => !NOT_REPLAYED.has(name.toLowerCase()))
  response.writeHead(status, Object.fromEntries(kept))
  response.flushHeaders()
  for (const chunk of chunks) {
    response.write(chunk)
    await turn()
  }
  if (end === 'closed') response.end()
  if (end === 'broken') response.destroy()
}
