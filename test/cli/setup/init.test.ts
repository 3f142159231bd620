import { chmodSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { createScreen } from '../../../src/cli/screen.ts'
import { init, type InitFlags } from '../../../src/cli/setup/init.ts'
import { textsFor } from '../../../src/messages/texts/texts.ts'
import { aSandbox, tempFolder } from '../../support/bot.ts'
import { KEY } from '../../support/command.ts'
import { aDiscord } from '../../support/discord/whole.ts'
import { TOKEN as DISCORD_TOKEN } from '../../support/discord/world.ts'
import { APP_TOKEN, BOT_TOKEN } from '../../support/slack/emulated.ts'
import { aSlack } from '../../support/slack/rig.ts'

const SECRET = 'app-not-known-anywhere'

test('what is given is written for its owner alone, and Dify is asked whether it takes the key', async () => {
  const { url } = aSandbox()
  const { start, text, mode } = aPlace()
  const { code, out } = await start({ given: { DIFY_BASE_URL: url, DIFY_API_KEYS: KEY } })
  expect(await text()).toBe(`DIFY_BASE_URL=${url}\nDIFY_API_KEYS=${KEY}\n`)
  expect(mode()).toBe('600')
  expect(out).toContain('  + DIFY_BASE_URL\n  + DIFY_API_KEYS\n')
  expect(out).toContain('✔ “Product copywriter” answers, and its key works.')
  expect(out).not.toContain(KEY)
  expect(out).toEndWith('Next: bun rowbot serve, or bun rowbot doctor for every check.\n')
  expect(code).toBe(0)
})

test('Slack and Discord are asked, too, with the checks of the doctor', async () => {
  const slack = await aSlack()
  const discord = aDiscord()
  const { start } = aPlace()
  const well = await start({
    given: {
      SLACK_BOT_TOKEN: BOT_TOKEN,
      SLACK_APP_TOKEN: APP_TOKEN,
      SLACK_API_URL: slack.apiUrl,
      DISCORD_TOKEN,
      DISCORD_API_URL: discord.apiUrl,
    },
  })
  expect(well.out).toContain('✔ In Slack the bot is @rowbot in the workspace Emulate.')
  expect(well.out).toContain('✔ In Discord the bot is')
  expect(well.out).toContain('! DIFY_API_KEYS is not set: no Dify app can be run yet.')
})

test('what a server does not take is written all the same, named, and the exit code is 1', async () => {
  const { url } = aSandbox()
  const { start, text } = aPlace()
  const { code, out } = await start({ given: { DIFY_BASE_URL: url, DIFY_API_KEYS: `${KEY},${SECRET}` } })
  expect(await text()).toContain(`DIFY_API_KEYS=${KEY},${SECRET}\n`)
  expect(out).toContain('✖ Key 2 of DIFY_API_KEYS: ')
  expect(out).not.toContain(SECRET)
  expect(out).toEndWith('Put right what is marked ✖: bun rowbot init --replace, or edit the file.\n')
  expect(code).toBe(1)
})

test('a value that is there is never replaced unless that is said', async () => {
  const before = '# ours\nDIFY_API_KEYS=app-old\nROWBOT_PORT=9000\n'
  const { start, text } = aPlace(before)
  const given = { DIFY_API_KEYS: 'app-new', ROWBOT_PORT: '9000', ROWBOT_ADMINS: 'U1' }
  await expect(start({ given, check: false })).rejects.toThrow(/^DIFY_API_KEYS in .*\.env is set already/)
  expect(await text()).toBe(before)
  const { out } = await start({ given, check: false, replace: true })
  expect(out).toContain('  ~ DIFY_API_KEYS (was set to something else)\n  + ROWBOT_ADMINS\n')
  expect(await text()).toBe('# ours\nDIFY_API_KEYS=app-new\nROWBOT_PORT=9000\nROWBOT_ADMINS=U1\n')
})

test('at a terminal each is asked for: no keeps it, yes replaces it', async () => {
  const { start, text } = aPlace('DIFY_API_KEYS=app-old\nROWBOT_PORT=9000\n')
  const given = { DIFY_API_KEYS: 'app-new', ROWBOT_PORT: '9001' }
  const asked: string[] = []
  const answers = ['', 'y']
  const ask = (question: string) => {
    asked.push(question)
    return Promise.resolve(answers.shift())
  }
  const { err } = await start({ given, check: false }, { ask })
  expect(asked).toEqual([
    'DIFY_API_KEYS is set already, to something else. Replace it? (y/N) ',
    'ROWBOT_PORT is set already, to something else. Replace it? (y/N) ',
  ])
  expect(err).toContain('DIFY_API_KEYS stays as it was')
  expect(await text()).toBe('DIFY_API_KEYS=app-old\nROWBOT_PORT=9001\n')
})

test('without options it asks; Enter keeps what is there; secrets are asked for without being shown', async () => {
  const { url } = aSandbox()
  const { start, text } = aPlace(`DIFY_BASE_URL=${url}\nDISCORD_TOKEN=\n`)
  const asked: [string, boolean][] = []
  const ask = (question: string, { isSecret = false } = {}) => {
    asked.push([question, isSecret])
    return Promise.resolve(question.startsWith('API keys') ? ` ${KEY} ` : '')
  }
  const { code, out } = await start({}, { ask })
  expect(asked.map(([question, isSecret]) => [question.slice(0, 10), isSecret])).toEqual([
    ['Address of', false],
    ['API keys o', true],
    ['Slack: the', true],
    ['Discord: t', true],
    ['URL of the', false],
  ])
  expect(asked[0]?.[0]).toContain(`(now ${url})`)
  expect(await text()).toBe(`DIFY_BASE_URL=${url}\nDISCORD_TOKEN=\nDIFY_API_KEYS=${KEY}\n`)
  expect(out).toContain('“Product copywriter” answers')
  expect(code).toBe(0)
})

test('somebody who leaves in the middle has changed nothing', async () => {
  const { start, text } = aPlace('A=1\n')
  const answers = ['https://dify.example.com/v1']
  const { code } = await start({}, { ask: () => Promise.resolve(answers.shift()) })
  expect([code, await text()]).toEqual([130, 'A=1\n'])
})

test('settings that would not start are refused before anything is written', async () => {
  const { start, exists } = aPlace()
  const tries: [Record<string, string>, string][] = [
    [{ ROWBOT_PORT: 'http' }, 'The settings are invalid: ROWBOT_PORT must be a number.'],
    [{ SLACK_APP_TOKEN: APP_TOKEN }, 'SLACK_APP_TOKEN is set, but SLACK_BOT_TOKEN is not'],
    [{ ROWBOT_ADMINS: 'two\nlines' }, 'The value of ROWBOT_ADMINS has more than one line'],
    [{}, 'Nothing was given, so nothing was written.'],
  ]
  for (const [given, message] of tries) await expect(start({ given })).rejects.toThrow(message)
  expect(await exists()).toBe(false)
})

test('settings may come from a file, so that no secret is on a command line', async () => {
  const { start, text, folder } = aPlace()
  const from = join(folder, 'settings')
  await Bun.write(from, '# mine\nROWBOT_PORT=9000\nDISCORD_TOKEN=\n')
  await start({ from, check: false })
  expect(await text()).toBe('ROWBOT_PORT=9000\n')
  await Bun.write(from, 'ROWBOT_PROT=9000\n')
  await expect(start({ from, check: false })).rejects.toThrow('There is no setting ROWBOT_PROT.')
  await Bun.write(from, 'ROWBOT_PORT 9000\n')
  await expect(start({ from, check: false })).rejects.toThrow('Line 1 is not NAME=value.')
})

test('an environment that hides the file is named, and a file that others could read is closed', async () => {
  const { start, folder, mode } = aPlace('ROWBOT_PORT=9000\n')
  chmodSync(join(folder, '.env'), 0o644)
  const given = { ROWBOT_PORT: '9001', ROWBOT_HOST: '127.0.0.1' }
  const env = { ROWBOT_PORT: '9000', ROWBOT_HOST: '0.0.0.0' } // the first is the file's own, as Bun has read it
  const { err } = await start({ given, check: false, replace: true }, { env })
  expect(err).toContain('The environment sets ROWBOT_HOST, too, and comes before the file.')
  expect(mode()).toBe('600')
})

test('it speaks Chinese to a Chinese terminal', async () => {
  const { start } = aPlace()
  const { out } = await start(
    { given: { ROWBOT_PORT: '9000' }, check: false },
    { texts: textsFor('zh_CN.UTF-8') },
  )
  expect(out).toContain('只有您可以读取')
})

/** An empty folder, or one with such a `.env`, and `init` there. */
function aPlace(before?: string) {
  const folder = tempFolder()
  const file = join(folder, '.env')
  const written = before === undefined ? undefined : Bun.write(file, before)
  const start = async (
    flags: Partial<InitFlags>,
    { ask, env = {}, texts = textsFor('en') }: Partial<Parameters<typeof init>[1]> = {},
  ) => {
    await written
    let out = ''
    let err = ''
    const screen = createScreen({ write: (text) => (out += text) }, { write: (text) => (err += text) })
    const all = { file, given: {}, replace: false, check: true, ...flags }
    const code = await init(all, { screen, texts, ask, env })
    return { code, out, err }
  }
  return {
    folder,
    start,
    text: () => Bun.file(file).text(),
    exists: () => Bun.file(file).exists(),
    mode: () => (statSync(file).mode & 0o777).toString(8),
  }
}
