import { NO_POSTGRES, postgresPrograms } from '../../test/support/postgres.ts'

/** How a test gets a server: none of these, and it needs none. */
const USES_A_SERVER = /\b(?:borrowDatabase|openBorrowed|serverUrl|startPostgres)\(/

/**
 * Which test files cannot run here, because there is no Postgres: it says so, and how to get one. In CI none is left out,
 * so that they fail.
 */
export async function withoutPostgres(
  root: string,
  env: Record<string, string | undefined>,
  tell: (line: string) => void,
  programs: string | null = postgresPrograms() ?? null,
): Promise<string[]> {
  if (env['TEST_DATABASE_URL'] || programs !== null) return []
  if (env['CI']) {
    tell(`${NO_POSTGRES} In CI the tests that need it fail.`)
    return []
  }
  const files: string[] = []
  for await (const path of new Bun.Glob('test/**/*.test.ts').scan(root))
    if (USES_A_SERVER.test(await Bun.file(`${root}/${path}`).text())) files.push(path)
  // It starts others that need it.
  files.push('test/process/cluster/on-postgres.test.ts')
  tell(`${NO_POSTGRES} Without it, ${files.length} files of tests are left out.`)
  return files
}
