import { CommanderError } from 'commander'
import type { Rowbot } from '../app/rowbot.ts'
import { RowbotProblem } from '../client/rowbot.ts'
import { UserError } from '../engine/user-error.ts'
import { NetworkFault } from '../net/faults.ts'
import { connectionFault } from './remote/bear.ts'
import { inert } from './screen.ts'

/** Prints an error for a person: a sentence, and for a bug its id in the log. @returns the exit code */
export function explained(fault: unknown, bot: Rowbot | undefined): number {
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
  const broken = bot ? undefined : connectionFault(fault)
  if (broken !== undefined) {
    process.stderr.write(
      inert(
        broken === 'ECONNRESET'
          ? `The connection to the server broke (${broken}): what was asked of it may be done all the same.\nLook before you ask again.\n`
          : `The server does not answer (${broken}).\nIs the address right, and is it running?\n`,
      ),
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

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : String(fault)
}
