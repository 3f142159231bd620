#!/usr/bin/env bun
import { explained } from './cli/explained.ts'
import { SERVER_FLAG } from './cli/remote/server-flag.ts'
import { createScreen } from './cli/screen.ts'
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
