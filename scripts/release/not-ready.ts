import { join } from 'node:path'

/** Why this state of the source is not to be released, as sentences; none if it is. */
export async function notReady(root: string, version: string): Promise<string[]> {
  const changelog = await Bun.file(join(root, 'CHANGELOG.md')).text()
  const git = Bun.spawn(['git', 'status', '--porcelain'], { cwd: root, stdout: 'pipe', stderr: 'ignore' })
  const changed = (await new Response(git.stdout).text()).trim()
  return [
    ...((await git.exited) === 0
      ? []
      : ['This is no clone of the repository, so nobody could say what was released.']),
    ...(changed === '' ? [] : [`Some files are not committed: ${changed.split('\n').join(', ')}.`]),
    ...(isDated(changelog, version)
      ? []
      : [
          `CHANGELOG.md has no section “## ${version}, YEAR-MONTH-DAY”: write what has changed, and the date.`,
        ]),
  ]
}

function isDated(changelog: string, version: string): boolean {
  const headings = changelog.split('\n').filter((line) => line.startsWith(`## ${version}, `))
  return headings.some((heading) => /, \d{4}-\d\d-\d\d$/.test(heading))
}
