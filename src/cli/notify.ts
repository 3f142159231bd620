import type { NotifyChoice } from '../engine/notify.ts'

/** `false`: the option with `--no-`. */
export interface NotifyFlags {
  webhook?: string | boolean
  email?: string[] | boolean
  toFolder?: boolean
}

/** Who else is notified of a task’s end, as the options say; undefined: they say nothing. */
export function notifyChoiceOf({ webhook, email, toFolder }: NotifyFlags): NotifyChoice | undefined {
  const choice: NotifyChoice = {
    ...(webhook === false && { webhook: null }),
    ...(typeof webhook === 'string' && { webhook }),
    ...(email === false && { emails: [] }),
    ...(Array.isArray(email) && { emails: email }),
    ...(toFolder !== undefined && { folder: toFolder }),
  }
  return Object.keys(choice).length === 0 ? undefined : choice
}
