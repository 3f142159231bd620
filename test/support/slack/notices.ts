import { textAt } from '../../../src/bots/json-path.ts'
import { until } from '../bot.ts'
import type { LocalSlack } from './local-slack.ts'
import { saysOf } from './message.ts'

/** What a person was told that nobody else sees, in the order it was said. */
export function toldTo(slack: LocalSlack, user: string): string[] {
  return slack
    .done('chat.postEphemeral')
    .filter(({ args }) => args['user'] === user)
    .map(({ args }) => said(args))
}

/** As soon as they were told anything. */
export async function whatWasTold(slack: LocalSlack, user: string): Promise<string> {
  const told = await until(
    () => toldTo(slack, user),
    (all) => all.length > 0,
  )
  return told[0] ?? ''
}

/** What a message of these arguments says. */
export function said(args: unknown): string {
  const blocks: unknown = typeof args === 'object' && args !== null && 'blocks' in args ? args.blocks : []
  return saysOf({ blocks: Array.isArray(blocks) ? blocks : [], text: textAt(args, 'text') }).trim()
}
