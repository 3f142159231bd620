import type { ArrivalKind } from './arrivals.ts'

/** What the doctor is given of the Slack settings; any may be missing. */
export interface SlackSettings {
  botToken?: string
  appToken?: string
  signingSecrets: string[]
  /** xoxe.xoxp-…: reads the app’s own settings */
  configToken?: string
  apiUrl?: string
  /** where Slack sends events over HTTP; undefined: ROWBOT_PUBLIC_URL is not set */
  eventsUrl?: string
  /** what has arrived from this app before: kinds, as `serve` has noted them */
  arrived?: (appId: string) => Promise<ArrivalKind[]>
}
