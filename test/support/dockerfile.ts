import { cpSync, mkdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** One instruction of a Dockerfile, its lines joined. */
export interface Instruction {
  /** `COPY`, `RUN` */
  verb: string
  /** what follows it, without its flags */
  words: string
  /** `--from=build` → from: build */
  flags: Record<string, string>
}

const ROOT = join(import.meta.dir, '../..')

/** The two stages of ours. */
export async function dockerfile(): Promise<{ build: Instruction[]; image: Instruction[] }> {
  const [build = [], image = []] = stagesOf(await Bun.file(join(ROOT, 'Dockerfile')).text())
  return { build, image }
}

/** Its stages, each beginning with its FROM. */
function stagesOf(text: string): Instruction[][] {
  const stages: Instruction[][] = []
  const lines = text
    .split('\n')
    .filter((line) => !/^\s*(?:#|$)/.test(line))
    .join('\n')
    .replaceAll(/\\\n\s*/g, '')
  for (const line of lines.split('\n')) {
    const [, verb = '', rest = ''] = /^(\w+)\s+(.*)$/.exec(line) ?? []
    const flags = [...rest.matchAll(/(?:^|\s)--([\w-]+)=(\S+)(?=\s)/g)].filter(
      // what follows CMD in a HEALTHCHECK, or a program in a RUN, has flags of its own
      ({ index }) => /^(?:\s*--\S+)*$/.test(rest.slice(0, index)),
    )
    const instruction = {
      verb,
      words: flags.reduce((words, [flag]) => words.replace(flag, ''), rest).trim(),
      flags: Object.fromEntries(flags.map(([, name = '', value = '']) => [name, value])),
    }
    if (verb === 'FROM') stages.push([instruction])
    else stages.at(-1)?.push(instruction)
  }
  return stages
}

/** The one with this verb that counts: the last. */
export function lastOf(stage: Instruction[], verb: string): Instruction | undefined {
  return stage.findLast((instruction) => instruction.verb === verb)
}

/** The words of `["rowbot", "serve"]`. @throws where they are for a shell, which would not pass signals on */
export function execForm(instruction: Instruction | undefined): string[] {
  // `as`: a Dockerfile has strings there
  return JSON.parse(instruction?.words.replace(/^CMD /, '') ?? '') as string[]
}

/** `ROWBOT_HOST=0.0.0.0 ROWBOT_DATA_DIR=/data` */
export function environmentOf(stage: Instruction[]): Record<string, string> {
  const pairs = stage.filter(({ verb }) => verb === 'ENV').flatMap(({ words }) => words.split(/\s+/))
  return Object.fromEntries(pairs.map((pair) => pair.split('=', 2)))
}

/**
 * Runs the steps of a stage in a folder in place of an image: of ours nothing is there but what COPY names.
 * @param run a RUN's command, in the folder that WORKDIR names
 * @returns that folder
 */
export async function runSteps(
  stage: Instruction[],
  folder: string,
  run: (command: string, cwd: string) => Promise<void>,
): Promise<string> {
  let cwd = folder
  for (const { verb, words } of stage) {
    if (verb === 'WORKDIR') cwd = join(folder, words)
    mkdirSync(cwd, { recursive: true })
    if (verb === 'RUN') await run(words, cwd)
    if (verb === 'COPY') copy(words.split(/\s+/), cwd)
  }
  return cwd
}

function copy(paths: string[], cwd: string): void {
  const to = paths.pop() ?? ''
  for (const path of paths) {
    const place = to.endsWith('/') ? join(cwd, to, basename(path)) : join(cwd, to)
    mkdirSync(dirname(place), { recursive: true })
    cpSync(join(ROOT, path), place, { recursive: true })
  }
}
