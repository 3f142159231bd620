import { createHmac, timingSafeEqual } from 'node:crypto'

/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
const FRESH_SECONDS = 300

/**
 * Whether Slack has signed this. Old requests are refused, so that a caught one cannot be played again, and so are
 * those of the future, which would stay good for longer.
 * @param secrets several while one replaces another
 */
export function isSignedBySlack(secrets: string[], headers: Headers, body: string, nowMs: number): boolean {
  const seconds = headers.get('x-slack-request-timestamp') ?? ''
  const given = Buffer.from(headers.get('x-slack-signature') ?? '')
  if (!/^\d+$/.test(seconds) || Math.abs(nowMs / 1_000 - Number(seconds)) > FRESH_SECONDS) return false
  return secrets.some((secret) => {
    const wanted = Buffer.from(signatureOf(secret, seconds, body))
    return secret !== '' && wanted.length === given.length && timingSafeEqual(wanted, given)
  })
}

export function signatureOf(secret: string, seconds: string, body: string): string {
  return `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`
}
