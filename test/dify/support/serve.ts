/** A server for one test that answers as told. Use it with `await using`. */
export function serve(answer: (request: Request) => Response | Promise<Response>) {
  const server = Bun.serve({
    hostname: '127.0.0.1',
    port: 0,
    idleTimeout: 0,
    development: false,
    fetch: answer,
    error: () => new Response('', { status: 500 }),
  })
  return {
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server.stop(true)
    },
  }
}
