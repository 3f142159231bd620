import { expect, test } from 'bun:test'
import { examineMachine } from '../../src/cli/doctor-machine.ts'
import { aBot, later } from '../support/bot.ts'
import { ON_POSTGRES } from '../support/test-database.ts'

const sentences = async (bot: Parameters<typeof examineMachine>[0]) =>
  (await examineMachine(bot)).map(({ kind, sentence }) => `${kind}: ${sentence}`)

test('the doctor tells of the database, the disk, the clock and the limits of this machine', async () => {
  const { bot } = await aBot()
  const [database, disk, clock, files] = await sentences(bot)
  expect(database).toMatch(
    ON_POSTGRES
      ? /^fine: The database answers \(Postgres \d+.*, \d+ of \d+ connections in use\)\.$/
      : /^fine: The database is whole \(SQLite \d+\.\d+\.\d+, [\d.]+ MB\)\.$/,
  )
  expect(disk).toMatch(/The disk of the data folder has [\d.]+ [MG]B left\.$/)
  expect(clock).toMatch(/^fine: The clock agrees with that of /)
  expect(files).toMatch(/This process may have [\d,]+ files open\.$/)
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
