import { CommanderError } from 'commander'
import { createProgram } from './cli/program.ts'
import { createScreen } from './cli/screen.ts'
import { readConfig } from './config.ts'
import { UserError } from './engine/user-error.ts'
import { Rowbot } from './rowbot.ts'

process.exitCode = await main(process.argv)

async function main(argv: string[]): Promise<number> {
  let bot: Rowbot | undefined
  let code = 0
  const program = createProgram(
    {
      open: async () => (bot ??= await Rowbot.open({ config: readConfig(process.env) })),
      screen: (quiet) => createScreen(process.stdout, process.stderr, quiet),
    },
    (result) => {
      code = result
    },
  ).exitOverride()
  try {
    await program.parseAsync(argv)
  } catch (fault) {
    code = explained(fault, bot)
  }
  await bot?.close()
  return code
}

/** What a person reads of a fault: a sentence, and for a bug the id under which the log has the rest. */
function explained(fault: unknown, bot: Rowbot | undefined): number {
  if (fault instanceof CommanderError) return fault.exitCode
  if (fault instanceof UserError) {
    process.stderr.write(`${fault.message}\n${fault.hint ? `${fault.hint}\n` : ''}`)
    return 1
  }
  if (!bot) throw fault
  const id = crypto.randomUUID().slice(0, 8)
  bot.log.error({ err: fault, id }, 'a command failed')
  process.stderr.write(
    `Something in Rowbot itself went wrong (${id}). ${bot.config.dataDir}/rowbot.log has the details.\n`,
  )
  return 1
}
