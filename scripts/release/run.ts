import { join } from 'node:path'

const LONGEST_SECONDS = 120

/** Runs a program in a folder, which is also its home; undefined if this machine cannot start it. */
export async function run(command: string[], folder: string, more: Record<string, string> = {}) {
  try {
    const child = Bun.spawn(command, {
      cwd: folder,
      env: { HOME: folder, TMPDIR: folder, ROWBOT_DATA_DIR: join(folder, 'data'), NO_COLOR: '1', ...more },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: 'pipe',
      timeout: LONGEST_SECONDS * 1_000,
    })
    const [out, err, code] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ])
    return { out, err, code }
  } catch {
    return undefined
  }
}
