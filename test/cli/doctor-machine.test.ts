import { expect, test } from 'bun:test'
import { examineMachine } from '../../src/cli/doctor-machine.ts'
import { aBot, later, openBot, QUICK, tempFolder } from '../support/bot.ts'
import { ON_POSTGRES } from '../support/test-database.ts'

const sentences = async (bot: Parameters<typeof examineMachine>[0]) =>
  (await examineMachine(bot)).map(({ kind, sentence }) => `${kind}: ${sentence}`)

test('the doctor tells of the database, the disk, the clock and the limits of this machine', async () => {
  const { bot } = await aBot({ env: { ROWBOT_ENCRYPT_DATA: 'false' } })
  const [database, encryption, disk, clock, files] = await sentences(bot)
  expect(encryption).toBe('fine: Rows and files are not encrypted (ROWBOT_ENCRYPT_DATA is off).')
  expect(database).toMatch(
    ON_POSTGRES
      ? /^fine: The database answers \(Postgres \d+.*, \d+ of \d+ connections in use\)\.$/
      : /^fine: The database is whole \(SQLite \d+\.\d+\.\d+, [\d.]+ MB\)\.$/,
  )
  expect(disk).toMatch(/The disk of the data folder has [\d.]+ [MG]B left\.$/)
  expect(clock).toMatch(/^fine: The clock agrees with that of /)
  expect(files).toMatch(/This process may have [\d,]+ files open\.$/)
})

test('the doctor says what of the data is encrypted', async () => {
  const { folder, submit } = await aBot({ env: { ROWBOT_ENCRYPT_DATA: 'false' } })
  await submit(1)
  const seen = async (env: string) =>
    (await sentences(await openBot(folder, QUICK, { ROWBOT_ENCRYPT_DATA: env })))[1]
  expect(await seen('true')).toStartWith('warning: Rows and files are encrypted from now on')
  expect(await seen('false')).toStartWith('warning: Some rows and files are encrypted')
  const fresh = await openBot(tempFolder(), QUICK, { ROWBOT_ENCRYPT_DATA: 'true' })
  expect((await sentences(fresh))[1]).toBe('fine: Rows and files are encrypted.')
})

test('a clock that is off is a warning that says by how much', async () => {
  const { bot } = await aBot()
  const real = Date.now
  Date.now = () => real() + 3_600_000
  later(() => (Date.now = real))
  expect((await sentences(bot)).join('\n')).toMatch(
    /warning: The clock of this machine is 3[56]\d\d s ahead of that of /,
  )
})
