import { join } from 'node:path'
import { expect, test } from 'bun:test'
import { completionFor } from '../../../src/cli/completion/scripts.ts'
import { SHELLS } from '../../../src/cli/completion/shells.ts'
import { nodesOf } from '../../../src/cli/completion/tree.ts'
import { createProgram } from '../../../src/cli/program.ts'
import { createScreen } from '../../../src/cli/screen.ts'
import { tempFolder } from '../../support/bot.ts'
import { aFolder } from '../../support/command.ts'

const PROGRAM = createProgram(
  {
    open: () => Promise.reject(new Error('nothing is opened')),
    screen: (quiet) => createScreen(process.stdout, process.stderr, quiet),
  },
  () => {},
)

const inBash = test.skipIf(!Bun.which('bash'))
const inZsh = test.skipIf(!Bun.which('zsh'))
const inFish = test.skipIf(!Bun.which('fish'))

test.each(SHELLS)('%s is given every command and every option that the help shows', (shell) => {
  const script = completionFor(PROGRAM, shell)
  const nodes = nodesOf(PROGRAM)
  expect(nodes.length).toBeGreaterThan(40)
  for (const { path, options } of nodes) {
    expect(script).toContain(
      `'${shell === 'fish' && path !== '' ? String.raw`__rowbot_at \'${path}\'` : path}'`,
    )
    for (const flag of options.flatMap(({ flags }) => flags))
      expect(script).toContain(shell === 'fish' ? ` ${flag.replace(/^--?/, '')} ` : flag)
  }
})

inBash(
  'bash, having sourced it, completes commands, their commands, options and what options take',
  async () => {
    const complete = await sourcedByBash()
    expect(complete('rowbot', 'com')).toEqual(['completion'])
    expect(complete('rowbot', 'workflow', 'ad')).toEqual(['add'])
    expect(complete('rowbot', 'run', 'x.xlsx', '--conc')).toEqual(['--concurrency'])
    expect(complete('rowbot', 'workflow', 'add', '--san')).toEqual(['--sandbox'])
    expect(complete('rowbot', 'result', 'k7f2', '--format', 'p')).toEqual(['plain'])
    expect(complete('rowbot', 'completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(complete('rowbot', '--ver')).toEqual(['--version'])
    expect(complete('rowbot', 'run', '--out', '')).toEqual([]) // bash completes files
    expect(complete('rowbot', 'tasks', '--conc')).toEqual([])
  },
)

inBash('the command prints it, without a data folder, and `eval` takes it', async () => {
  const { run, folder } = aFolder()
  const { out, code } = await run('completion', 'bash')
  expect(code).toBe(0)
  expect(Array.from(new Bun.Glob('*.db').scanSync(folder))).toEqual([])
  const bash = Bun.spawnSync(['bash', '-c', 'eval "$1"; complete -p rowbot', 'bash', out])
  expect(bash.stdout.toString()).toBe('complete -o bashdefault -o default -F _rowbot rowbot\n')
  expect(bash.stderr.toString()).toBe('')
})

inFish('fish completes the same, with what each means', async () => {
  const script = await written('fish')
  const complete = (line: string) => {
    const fish = Bun.spawnSync(['fish', '-N', '-c', 'source $argv[1]; complete -C $argv[2]', script, line])
    expect(fish.stderr.toString()).toBe('')
    return fish.stdout.toString().trimEnd().split('\n')
  }
  expect(complete('rowbot heal')).toEqual([
    'healthy\task whether the Rowbot that serves on this machine answers: for containers',
  ])
  expect(complete('rowbot workflow ad')[0]).toStartWith('add\t')
  expect(complete('rowbot run x --conc')[0]).toStartWith('--concurrency\t')
  expect(complete('rowbot result k7f2 --format pl')).toEqual([expect.stringContaining('plain')])
})

inZsh('zsh is offered the same, with what each means', async () => {
  const script = await written('zsh')
  // Its completion works in a terminal only: what it is given is shown instead.
  const given = `
    compdef() { :; }
    _describe() { local all=\${@[-1]}; print -rl -- "\${(@P)all}"; }
    _files() { print files; }
    compadd() { print -rl -- "$@"; }
    source "$1"; shift
    words=("$@"); CURRENT=$#words; _rowbot`
  const complete = (...words: string[]) => {
    const zsh = Bun.spawnSync(['zsh', '-f', '-c', given, 'zsh', script, ...words])
    expect(zsh.stderr.toString()).toBe('')
    return zsh.stdout.toString().trimEnd().split('\n')
  }
  expect(complete('rowbot', 'he')).toContain(
    'healthy:ask whether the Rowbot that serves on this machine answers: for containers',
  )
  expect(complete('rowbot', 'run', '-').some((line) => line.startsWith('--concurrency:'))).toBe(true)
  expect(complete('rowbot', 'run', '')).toEqual(['files'])
  expect(complete('rowbot', 'result', 'k7f2', '--format', '')).toEqual(['own', 'plain', 'csv'])
})

async function written(shell: (typeof SHELLS)[number]): Promise<string> {
  const path = join(tempFolder(), `rowbot.${shell}`)
  await Bun.write(path, completionFor(PROGRAM, shell))
  return path
}

/** What bash offers for the last of the words. */
async function sourcedByBash(): Promise<(...words: string[]) => string[]> {
  const script = await written('bash')
  const ask =
    'source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _rowbot; printf "%s\\n" "${COMPREPLY[@]}"'
  return (...words) => {
    const bash = Bun.spawnSync(['bash', '-c', ask, 'bash', script, ...words])
    expect(bash.stderr.toString()).toBe('')
    return bash.stdout.toString().trim().split('\n').filter(Boolean)
  }
}
