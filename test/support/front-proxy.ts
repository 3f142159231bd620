import { later } from './bot.ts'

export interface FrontProxyOptions {
  /** where the page is: http://127.0.0.1:8000 */
  to: string
  /** what it shows to the world: https://tools.example.com/rowbot */
  publicUrl: string
  /** whether the page is asked with the path or without it; both are usual */
  path: 'kept' | 'stripped'
  /** whether the page sees the world’s host, or its own, as with nginx’s default */
  host?: 'kept' | 'own'
  /** default: any */
  port?: number
}

/** A proxy as companies have it: it answers only under its path, and passes on everything as it comes. */
export function aFrontProxy({ to, publicUrl, path, host = 'kept', port = 0 }: FrontProxyOptions) {
  const { pathname: folder, host: publicHost, protocol } = new URL(publicUrl)
  /** paths that were asked for outside the folder: links that have forgotten it */
  const strays: string[] = []
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port,
    idleTimeout: 60,
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    async fetch(request) {
      const { pathname, search } = new URL(request.url)
      if (pathname !== folder && !pathname.startsWith(`${folder}/`)) {
        strays.push(pathname)
        return new Response('Nothing of ours is here.', { status: 404 })
      }
      const asked = path === 'kept' ? pathname : pathname.slice(folder.length) || '/'
      const headers = new Headers(request.headers)
      headers.set('host', host === 'kept' ? publicHost : new URL(to).host)
      headers.set('x-forwarded-for', '198.51.100.7')
      headers.set('x-forwarded-proto', protocol.slice(0, -1))
      headers.set('x-forwarded-host', publicHost)
      const answer = await fetch(`${to}${asked}${search}`, {
        method: request.method,
        headers,
        body: request.body,
        redirect: 'manual',
        signal: request.signal,
        decompress: false,
      })
      return new Response(answer.body, answer)
    },
  })
  later(() => server.stop(true))
  return { url: `http://127.0.0.1:${server.port}${folder}`, strays }
}
