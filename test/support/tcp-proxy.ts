import type { Socket } from 'bun'
import { later } from './bot.ts'

interface Ends {
  other?: Socket<Ends>
  early: Uint8Array[]
}

/** A network between a program and a server on this machine, which can swallow everything without a sign. */
export function aTcpProxy(port: number) {
  let isBlackHole = false
  let isDeaf = false
  const pass = (to: Socket<Ends> | undefined, data: Uint8Array) => {
    if (!isBlackHole) to?.write(data)
  }
  const listener = Bun.listen<Ends>({
    hostname: '127.0.0.1',
    port: 0,
    data: { early: [] },
    socket: {
      async open(client) {
        client.data = { early: [] }
        const server = await Bun.connect<Ends>({
          hostname: '127.0.0.1',
          port,
          socket: {
            data: (_, data) => void (isDeaf || pass(client, data)),
            close: () => void (isBlackHole || client.end()),
          },
        })
        client.data.other = server
        for (const data of client.data.early) pass(server, data)
      },
      data(client, data) {
        if (client.data.other) pass(client.data.other, data)
        else client.data.early.push(new Uint8Array(data))
      },
      close: ({ data }) => void (isBlackHole || data.other?.end()),
    },
  })
  later(() => listener.stop(true))
  return {
    port: listener.port,
    /** Nothing passes any more, and nobody is told, not even of a connection that was closed. */
    swallow: () => (isBlackHole = true),
    /** What the client says still arrives, but no answer does. */
    swallowAnswers: () => (isDeaf = true),
    /** New connections pass again, and so do old ones that still exist. */
    heal: () => (isBlackHole = isDeaf = false),
  }
}
