import { expect, test } from 'bun:test'
import { aSandbox, later, tempFolder } from '../../support/bot.ts'
import { KEY, rowbot } from '../../support/command.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { aSlack } from '../../support/slack/rig.ts'
import { SAMPLE, throughTheSteps, under } from '../../support/slack/whole.ts'
import { borrowDatabase } from '../../support/test-database.ts'

for (const signal of ['SIGKILL', 'SIGSTOP'] as const) {
  test(`${signal} of the leader in the middle of a delivery: another machine delivers within 15 s, and once`, async () => {
    const { url, giveBack } = await borrowDatabase()
    later(giveBack)
    const slack = await aSlack()
    const mei = new SlackPerson(slack, 'mei')
    const env = {
      DATABASE_URL: url,
      ROWBOT_SECRET_KEY: 'a secret key of all machines',
      DIFY_BASE_URL: aSandbox().url,
      DIFY_API_KEYS: KEY,
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
    }
    const machine = async (roles: string, says: string) => {
      const command = rowbot(['serve', '--roles', roles], { ...env, ROWBOT_DATA_DIR: tempFolder() })
      await command.says(says)
      return command
    }
    const leader = await machine('bot', 'This machine leads')
    const other = await machine('bot,worker', 'Running the tasks')

    const shared = Promise.withResolvers<void>()
    slack.passing = (step) => {
      if (step !== 'after files.completeUploadExternal') return undefined
      shared.resolve()
      return new Promise(() => {}) // the leader hears nothing of it
    }
    const dropped = await mei.drop(SAMPLE.bytes, SAMPLE.name)
    await throughTheSteps(mei, dropped)
    await shared.promise
    slack.passing = () => undefined
    const began = performance.now()
    leader.process.kill(signal)
    await other.says('This machine leads')
    expect(performance.now() - began).toBeLessThan(45_000)
    if (signal === 'SIGSTOP') {
      leader.process.kill('SIGCONT')
      await leader.says('Another machine leads')
    }
    expect((await under(mei, dropped, '.results.xlsx')).text).toContain(`<@${mei.id}>`)
    expect(await mei.thread(dropped.channel, dropped.ts)).toHaveLength(3)
    expect(slack.done('chat.postMessage')).toHaveLength(1)
  })
}

test('with SQLite no role can be left out, and a role that there is not is told', async () => {
  const env = { ROWBOT_DATA_DIR: tempFolder() }
  expect((await rowbot(['serve', '--roles', 'worker'], env).ended).err).toContain(
    'With SQLite one process does everything, so bot and admin cannot be left out.',
  )
  expect((await rowbot(['serve', '--roles', 'worker,boss'], env).ended).err).toContain(
    'There is no role boss.',
  )
})
