#!/usr/bin/env bun
import { CommanderError } from 'commander'
import { RowbotProblem } from './client/rowbot.ts'
import { SERVER_FLAG } from './cli/remote/server-flag.ts'
import { createScreen, inert } from './cli/screen.ts'
import { UserError } from './engine/user-error.ts'
import { NetworkFault } from './net/faults.ts'
import { useNetwork } from './net/clients.ts'
import { readNetwork } from './net/network.ts'
import type { Rowbot } from './app/rowbot.ts'

// The reader may close the pipe early (`rowbot tasks | head`): the command still finishes its work.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (fault: NodeJS.ErrnoException) => {
    if (fault.code !== 'EPIPE') process.exit(1)
  })
}

process.exitCode = await main(process.argv)

async function main(argv: string[]): Promise<number> {
  let bot: Rowbot | undefined
  let code = 0
  const screen = (quiet: boolean) => createScreen(process.stdout, process.stderr, quiet)
  const done = (result: number) => {
    code = result
  }
  const isElsewhere = argv.some((word) => word === SERVER_FLAG || word.startsWith(`${SERVER_FLAG}=`))
  try {
    // Before anything is loaded that opens connections.
    useNetwork(readNetwork(process.env, { warn: (warning) => process.stderr.write(`${warning}\n`) }))
    // Each loads what the other does not need.
    const program = isElsewhere
      ? (await import('./cli/remote/program.ts')).createRemoteProgram(
          { screen, token: process.env['ROWBOT_TOKEN'] },
          done,
        )
      : (await import('./cli/program.ts')).createProgram(
          { open: async () => (bot ??= await open()), screen },
          done,
        )
    await program.exitOverride().parseAsync(argv)
  } catch (fault) {
    code = explained(fault, bot)
  }
  try {
    await bot?.close()
  } catch (fault) {
    return explained(fault, bot)
  }
  return code
}

async function open(): Promise<Rowbot> {
  const { readConfig, warningsOf } = await import('./app/config.ts')
  const { Rowbot } = await import('./app/rowbot.ts')
  const config = readConfig(process.env)
  for (const warning of warningsOf(process.env)) process.stderr.write(`${warning}\n`)
  try {
    return await Rowbot.open({ config })
  } catch (fault) {
    const { unopened } = await import('./cli/unopened.ts')
    throw unopened(fault, config.dataDir)
  }
}

/** Prints an error for a person: a sentence, and for a bug its id in the log. */
function explained(fault: unknown, bot: Rowbot | undefined): number {
  if (fault instanceof CommanderError) return fault.exitCode
  if (fault instanceof UserError) {
    process.stderr.write(inert(`${fault.message}\n${fault.hint ? `${fault.hint}\n` : ''}`))
    return 1
  }
  if (fault instanceof RowbotProblem) {
    process.stderr.write(inert(`${fault.message}\n${fault.hint ? `${fault.hint}\n` : ''}`))
    return 1
  }
  if (!bot && fault instanceof NetworkFault) {
    process.stderr.write(inert(`${fault.message} (${fault.code}).\n`))
    return 1
  }
  // What fetch throws if nobody answers.
  if (!bot && fault instanceof Error && isUnreachable(fault)) {
    process.stderr.write(
      inert(`The server does not answer: ${fault.message}\nIs the address right, and is it running?\n`),
    )
    return 1
  }
  if (!bot) {
    process.stderr.write(inert(`Something in Rowbot itself went wrong: ${messageOf(fault)}\n`))
    return 1
  }
  const id = crypto.randomUUID().slice(0, 8)
  bot.log.error({ err: fault, id }, 'a command failed')
  process.stderr.write(
    `Something in Rowbot itself went wrong (${id}). ${bot.config.dataDir}/rowbot.log has the details.\n`,
  )
  return 1
}

function isUnreachable(fault: Error): boolean {
  return 'code' in fault && (fault.code === 'ConnectionRefused' || fault.code === 'FailedToOpenSocket')
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
