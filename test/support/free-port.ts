/**
 * A port that nothing listens on now, and that nobody gets by chance before the caller listens there: it lies below
 * those that the system hands out by itself, to each connection and to whoever asks for port 0.
 */
export function freePort(): number {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * COUNT)
    if (isFree(port)) return port
  }
}

const LOWEST = 20_000
const COUNT = 12_000

function isFree(port: number): boolean {
  try {
    void Bun.serve({ hostname: '127.0.0.1', port, fetch: () => new Response(null) }).stop(true)
    return true
  } catch (fault) {
    if (fault instanceof Error && 'code' in fault && fault.code === 'EADDRINUSE') return false
    throw fault
  }
}
