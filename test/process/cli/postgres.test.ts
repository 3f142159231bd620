import { expect, test } from 'bun:test'
import { later } from '../../support/bot.ts'
import { aFolder } from '../../support/command.ts'
import { postgresPrograms } from '../../support/postgres.ts'
import { borrowDatabase } from '../../support/test-database.ts'

test.skipIf(postgresPrograms() === undefined)(
  'a command on Postgres runs to its end, like one on SQLite (skipped without Postgres)',
  async () => {
    const { url, giveBack } = await borrowDatabase()
    later(giveBack)
    const { run } = aFolder({ DATABASE_URL: url })
    const { code, out, err } = await run('demo')
    expect(out).toContain('5 done in')
    expect(err).not.toContain('went wrong')
    expect(code).toBe(0)
  },
)
