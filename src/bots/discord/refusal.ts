import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes, GatewayCloseCodes } from 'discord.js'
import { UserError } from '../../engine/user-error.ts'
import { UNAUTHORIZED } from './call.ts'

/** Why Discord rejects the bot; undefined: it may accept it later. */
export function refusalOf(fault: unknown): UserError | undefined {
  const isToken =
    (fault instanceof DiscordjsError && fault.code === DiscordjsErrorCodes.TokenInvalid) ||
    (fault instanceof DiscordAPIError && fault.status === UNAUTHORIZED)
  if (isToken)
    return new UserError(
      'Discord does not accept DISCORD_TOKEN.',
      'Copy it from the Developer Portal, under Bot, Reset Token.',
    )
  return fault instanceof UserError ? fault : undefined
}

/** Why Discord closed a connection for good: https://docs.discord.com/developers/topics/opcodes-and-status-codes */
export function refusalOfClose(code: number): UserError {
  return CLOSES[code] ?? new UserError(`Discord has closed the connection for good (${code}).`)
}

export const TOKEN_GONE = new UserError(
  'Discord no longer accepts DISCORD_TOKEN.',
  'Copy a new one from the Developer Portal, under Bot, and start Rowbot again.',
)

const CLOSES: Record<number, UserError> = {
  [GatewayCloseCodes.AuthenticationFailed]: TOKEN_GONE,
  [GatewayCloseCodes.DisallowedIntents]: new UserError(
    'Discord does not allow the events that the bot asks for.',
    'Is this the token of the right application?',
  ),
  [GatewayCloseCodes.ShardingRequired]: new UserError(
    'The bot is on more servers than one connection may serve.',
  ),
}
