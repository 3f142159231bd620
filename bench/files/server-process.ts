import { startSandbox } from '../../src/dify/sandbox/start-sandbox.ts'

/*
 * The sandbox, with uploads that are counted and not held in memory, so that the server is not what is measured. The
 * sandbox itself gets a file of one byte in place of each.
 */
const sandbox = startSandbox({ delayMs: Number(process.argv[2]) })
const origin = sandbox.url.replace(/\/v1$/, '')

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: 0,
  idleTimeout: 0,
  async fetch(request) {
    const { pathname, search } = new URL(request.url)
    const target = origin + pathname + search
    const authorization = request.headers.get('authorization') ?? ''
    if (!pathname.endsWith('/files/upload')) return fetch(target, request)
    let bytes = 0
    let head = ''
    for await (const piece of request.body ?? []) {
      if (bytes < 1024) head += new TextDecoder().decode(piece.subarray(0, 1024))
      bytes += piece.byteLength
    }
    if (bytes !== Number(request.headers.get('content-length'))) return new Response('', { status: 400 })
    const body = new FormData()
    body.set('user', /name="user"\r\n\r\n([^\r]*)/.exec(head)?.[1] ?? '')
    body.set('file', new Blob(['x'], { type: 'text/plain' }), 'file.txt')
    return fetch(target, { method: 'POST', headers: { authorization }, body })
  },
})
console.log(`http://127.0.0.1:${server.port}/v1`)
for await (const _ of Bun.stdin.stream());
await server.stop(true)
await sandbox.stop()
