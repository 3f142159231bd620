import { connect, type AddressInfo, type Socket } from 'node:net'
import { createServer } from 'node:tls'
import { later } from '../bot.ts'
import type { Certificate } from './certificates.ts'

/** TLS in front of a server of a test that has none. @param wants the authority whose client certificates it asks for */
export async function aTlsFront(
  to: string,
  certificate: Certificate,
  wants?: string,
): Promise<{ port: number }> {
  const { port: behind } = new URL(to)
  const sockets = new Set<Socket>()
  const server = createServer(
    {
      ...certificate,
      ...(wants !== undefined && { ca: wants, requestCert: true, rejectUnauthorized: true }),
    },
    (socket) => {
      const beyond = connect({ host: '127.0.0.1', port: Number(behind) })
      for (const one of [socket, beyond]) {
        sockets.add(one)
        one
          .on('error', () => {})
          .on('close', () => {
            sockets.delete(one)
            socket.destroy()
            beyond.destroy()
          })
      }
      socket.pipe(beyond)
      beyond.pipe(socket)
    },
  )
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  later(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  // `as`: it listens on a port, not on a pipe.
  return { port: (server.address() as AddressInfo).port }
}
