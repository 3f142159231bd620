import { Argument, type Command } from 'commander'
import { further } from '../arguments.ts'
import { askLine } from '../ask-line.ts'
import { type Shell, SHELLS } from '../completion/shells.ts'
import { EXIT } from '../end-code.ts'
import type { Done, Io } from '../screen.ts'
import { textsOfTerminal } from './language.ts'

/** init, healthy, completion: what is there before anything is set up. None of them opens the data folder. */
export function addSetupCommands(program: Command, { screen }: Pick<Io, 'screen'>, done: Done): void {
  program
    .command('init')
    .description('ask for the settings that a first start needs, write them to .env, and check them')
    .option('--file <path>', 'the file that is written', '.env')
    .option('--from <file>', 'take settings from a file of NAME=value lines; - for standard input')
    .option('--dify-url <address>', 'DIFY_BASE_URL')
    .option('--dify-key <key>', 'DIFY_API_KEYS; may be repeated', further)
    .option('--slack-bot-token <token>', 'SLACK_BOT_TOKEN')
    .option('--slack-app-token <token>', 'SLACK_APP_TOKEN')
    .option('--discord-token <token>', 'DISCORD_TOKEN')
    .option('--public-url <url>', 'ROWBOT_PUBLIC_URL')
    .option('--data-dir <path>', 'ROWBOT_DATA_DIR')
    .option('--port <n>', 'ROWBOT_PORT')
    .option('--replace', 'replace what is set to something else', false)
    .option('--no-check', 'do not ask Dify, Slack and Discord whether they take it')
    .addHelpText(
      'after',
      '\nOthers can see secrets on a command line: at a terminal answer the questions, in scripts use --from.',
    )
    .action(async (options: InitOptions) => {
      const { init } = await import('./init.ts') // loads the chats, which are large
      const { file, from, replace, check } = options
      const flags = { file, replace, check, given: givenBy(options), ...(from !== undefined && { from }) }
      const isTerminal = process.stdin.isTTY && process.stderr.isTTY && from !== '-'
      const ask = isTerminal ? askLine : undefined
      done(await init(flags, { screen: screen(false), texts: textsOfTerminal(), ask, env: process.env }))
    })

  program
    .command('healthy')
    .description('ask whether the Rowbot that serves on this machine answers: for containers')
    .option('--ready', 'ask whether it should receive requests, too', false)
    .action(async ({ ready }: { ready: boolean }) => {
      const { readConfig } = await import('../../app/config.ts')
      const { healthy } = await import('./healthy.ts')
      const { http } = readConfig(process.env)
      done(await healthy(http, ready ? '/readyz' : '/healthz', textsOfTerminal(), screen(false)))
    })

  program
    .command('completion')
    .description('print what makes a shell complete commands and options')
    .addArgument(new Argument('<shell>', 'of which shell').choices(SHELLS))
    .addHelpText(
      'after',
      () => `\n${SHELLS.map((shell) => textsOfTerminal().setup.completionHint[shell]).join('\n')}`,
    )
    .action(async (shell: Shell) => {
      const { completionFor } = await import('../completion/scripts.ts')
      screen(false).print(completionFor(program, shell))
      done(EXIT.done)
    })
}

interface InitOptions {
  file: string
  from?: string
  difyUrl?: string
  difyKey?: string[]
  slackBotToken?: string
  slackAppToken?: string
  discordToken?: string
  publicUrl?: string
  dataDir?: string
  port?: string
  replace: boolean
  check: boolean
}

/** The settings that have options of their own, where they were given. */
function givenBy(options: InitOptions): Record<string, string> {
  const all = {
    DIFY_BASE_URL: options.difyUrl,
    DIFY_API_KEYS: options.difyKey?.join(','),
    SLACK_BOT_TOKEN: options.slackBotToken,
    SLACK_APP_TOKEN: options.slackAppToken,
    DISCORD_TOKEN: options.discordToken,
    ROWBOT_PUBLIC_URL: options.publicUrl,
    ROWBOT_DATA_DIR: options.dataDir,
    ROWBOT_PORT: options.port,
  }
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}
