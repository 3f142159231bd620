import { Elysia } from 'elysia'
import { VERSION } from '../../engine/this-program.ts'
import type { AdminOptions } from '../options.ts'
import { identityOf } from '../sign-in/identity.ts'

const UNSAVED = { 'cache-control': 'no-store' }

/** For monitoring. Without a token only health is visible, never anybody’s data. */
export function opsRoutes({ health, metrics }: Pick<AdminOptions, 'health' | 'metrics'>) {
  return (
    new Elysia()
      .get('/healthz', () => Response.json({ ok: true, version: VERSION }, { headers: UNSAVED }))
      // What an open page asks when it has heard nothing: is anybody there, and does my sign-in still hold?
      .get('/alive', ({ request }) =>
        Response.json({ signedIn: identityOf(request) !== undefined }, { headers: UNSAVED }),
      )
      .get('/readyz', async () => {
        const { ready, parts } = await health()
        return Response.json({ ready, parts }, { status: ready ? 200 : 503, headers: UNSAVED })
      })
      .get(
        '/metrics',
        async () =>
          new Response(await metrics.text(), {
            headers: { ...UNSAVED, 'content-type': metrics.contentType },
          }),
      )
  )
}
