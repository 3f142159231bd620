import { Elysia } from 'elysia'
import type { AdminOptions } from '../options.ts'

const UNSAVED = { 'cache-control': 'no-store' }

/** For whoever watches over the process. Who has no token reads whether it is well, and nothing of anybody's data. */
export function opsRoutes({ health, metrics }: Pick<AdminOptions, 'health' | 'metrics'>) {
  return new Elysia()
    .get('/healthz', () => Response.json({ ok: true }, { headers: UNSAVED }))
    .get('/readyz', async () => {
      const { ready, parts } = await health()
      return Response.json({ ready, parts }, { status: ready ? 200 : 503, headers: UNSAVED })
    })
    .get(
      '/metrics',
      async () =>
        new Response(await metrics.text(), { headers: { ...UNSAVED, 'content-type': metrics.contentType } }),
    )
}
