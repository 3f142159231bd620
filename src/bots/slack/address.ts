import { bad, type DoctorResult, fine, warning } from '../doctor-result.ts'
import { textAt } from '../json-path.ts'
import { signatureOf } from './http.ts'
import type { SlackSettings } from './doctor-settings.ts'

const ANSWER_WITHIN_MS = 5_000

/** Asks the public address what Slack asks it when it is set: a signed challenge. */
export async function examineAddress({
  eventsUrl,
  signingSecrets: [secret = ''],
}: Pick<SlackSettings, 'eventsUrl' | 'signingSecrets'>): Promise<DoctorResult[]> {
  if (eventsUrl === undefined)
    return [
      warning(
        'Events come over HTTP, but ROWBOT_PUBLIC_URL is not set: whether Slack can reach Rowbot could not be checked.',
        {
          where: 'In .env, in the folder where Rowbot is started',
          paste: 'ROWBOT_PUBLIC_URL=https://rowbot.example.com',
        },
      ),
    ]
  const challenge = crypto.randomUUID()
  const body = JSON.stringify({ type: 'url_verification', challenge })
  const seconds = String(Math.floor(Date.now() / 1_000))
  const answered = await fetch(eventsUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-slack-request-timestamp': seconds,
      'x-slack-signature': signatureOf(secret, seconds, body),
    },
    body,
    redirect: 'manual',
    signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
  }).catch(String)
  if (typeof answered === 'string')
    return [
      bad(`Nothing answers at ${eventsUrl}: events and clicks cannot arrive.`, {
        where: 'Start “rowbot serve”, and let the proxy pass this path to it',
      }),
    ]
  const given: unknown = await answered.json().catch(() => undefined)
  if (textAt(given, 'challenge') === challenge)
    return [fine(`Rowbot answers at ${eventsUrl}, as Slack needs it.`)]
  return [
    bad(
      `${eventsUrl} answers HTTP ${answered.status}, and not as Rowbot does: ${MEANINGS[answered.status] ?? 'something else answers there.'}`,
      {
        where:
          'Let the proxy pass this path unchanged to the page’s address; compare the signing secret with Basic Information → Signing Secret',
      },
    ),
  ]
}

const MEANINGS: Record<number, string> = {
  401: 'it is served with another SLACK_SIGNING_SECRET.',
  404: 'the proxy does not pass this path, or Rowbot is served with SLACK_APP_TOKEN.',
  503: 'Rowbot has not started yet, or another process runs the tasks.',
}
