import type { WebClient } from '@slack/web-api'
import { call, type Called } from './call.ts'

const TRIES = 3
const MOST_MS = 30_000
const AFTER_TROUBLE_MS = 500

/** A call that only reads, tried again when Slack is busy or in trouble, within what a person will wait for. */
export async function patiently(client: WebClient, method: string, args: object): Promise<Called> {
  let called = await call(client, method, args)
  for (let tried = 1; tried < TRIES; tried++) {
    if (called.kind === 'ok' || called.kind === 'refused') return called
    const wait = called.kind === 'limited' ? called.retryAfterMs : AFTER_TROUBLE_MS * tried
    if (wait > MOST_MS) return called
    await Bun.sleep(wait)
    called = await call(client, method, args)
  }
  return called
}
