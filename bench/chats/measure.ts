import { test } from 'bun:test'
import { aBusySlack } from '../../test/load/support/busy-slack.ts'

/** The local Slack of the tests closes what it has opened at the end of a test: so it is measured within one. */
test('a busy Slack', async () => {
  const measures = await aBusySlack(JSON.parse(process.env['ROWBOT_BENCH_CHATS'] ?? ''))
  await Bun.write(process.env['ROWBOT_BENCH_OUT'] ?? '', JSON.stringify(measures))
})
