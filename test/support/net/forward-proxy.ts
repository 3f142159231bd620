import { connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import type { AddressInfo } from 'node:net'
import { later } from '../bot.ts'
import type { Certificate } from './certificates.ts'

export interface ForwardProxyOptions {
  /** asked for; default: nobody is asked */
  user?: { name: string; password: string }
  /** what it does with everything, in place of passing it on: a status, or nothing at all */
  refuses?: number | 'hangs-up' | 'silent'
  /** it is reached over TLS itself */
  tls?: Certificate
}

/**
 * A forward proxy as companies have it: CONNECT for TLS, whole addresses for plain http, and Basic. It finds every host on
 * this machine, by the port, so that what it is asked for cannot be reached without it.
 */
export async function aForwardProxy({ user, refuses, tls }: ForwardProxyOptions = {}) {
  /** what it was asked for: `CONNECT dify.test:443`, `GET http://dify.test/x` */
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const serve = (socket: Socket): void => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    let head = Buffer.alloc(0)
    socket.on('data', function read(bytes: Buffer) {
      head = Buffer.concat([head, bytes])
      const at = head.indexOf('\r\n\r\n')
      if (at < 0) return
      socket.off('data', read)
      answer(socket, head.subarray(0, at).toString('latin1'), head)
    })
  }
  const answer = (socket: Socket, head: string, whole: Buffer): void => {
    const [line = ''] = head.split('\r\n')
    const [method = '', target = ''] = line.split(' ')
    asked.push(`${method} ${target}`)
    const given = /^proxy-authorization: basic (\S+)/im.exec(head)?.[1]
    const wanted = user && Buffer.from(`${user.name}:${user.password}`).toString('base64')
    if (refuses === 'silent') return
    if (refuses === 'hangs-up') return void socket.destroy()
    if (wanted !== undefined && given !== wanted) return refuse(socket, 407)
    if (refuses !== undefined) return refuse(socket, refuses)
    const isTunnel = method === 'CONNECT'
    const url = new URL(isTunnel ? `http://${target}` : target)
    const port = Number(url.port || (isTunnel ? 443 : 80))
    const beyond = connect({ host: '127.0.0.1', port })
    sockets.add(beyond)
    beyond.on('close', () => sockets.delete(beyond))
    beyond.on('error', () => socket.destroy())
    socket.on('close', () => beyond.destroy())
    beyond.on('connect', () => {
      if (isTunnel) socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      // One request a connection: the next may be for another host.
      else {
        const path = `${url.pathname}${url.search}`
        const text = whole.toString('latin1')
        const own = text
          .replace(target, path)
          .replace(/^proxy-authorization: .*\r\n/im, '')
          .replace(/^connection: .*\r\n/im, '')
          .replace('\r\n', '\r\nConnection: close\r\n')
        beyond.write(Buffer.from(own, 'latin1'))
      }
      socket.pipe(beyond)
      beyond.pipe(socket)
    })
  }
  const server: Server = tls ? createTlsServer(tls, serve) : createServer(serve)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // `as`: it listens on a port, not on a pipe.
  const { port } = server.address() as AddressInfo
  const close = () => {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
  later(close)
  const login = user ? `${encodeURIComponent(user.name)}:${encodeURIComponent(user.password)}@` : ''
  const scheme = tls ? 'https' : 'http'
  return {
    url: `${scheme}://${login}127.0.0.1:${port}`,
    shown: `${scheme}://127.0.0.1:${port}`,
    asked,
    close,
  }
}

function refuse(socket: Socket, status: number): void {
  const challenge = status === 407 ? 'Proxy-Authenticate: Basic realm="proxy"\r\n' : ''
  socket.end(`HTTP/1.1 ${status} No\r\n${challenge}Content-Length: 2\r\nConnection: close\r\n\r\nno`)
}
