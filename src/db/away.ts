import { say } from '../engine/sentence.ts'
import { UserError } from '../engine/user-error.ts'

/** The database could not be written, through no fault of what was to be written. None of it is written. */
export abstract class DatabaseAway extends UserError {}

/** Another program has locked the database file for longer than a write waits. */
export class DatabaseLocked extends DatabaseAway {
  /** @param file name of the database file, without its folder: people in a chat read this, too */
  constructor(file: string) {
    super(say('database-locked', { file }), say('do-find-locker', { file }))
  }
}

/** The Postgres server does not answer, or the connection to it broke. */
export class DatabaseUnreachable extends DatabaseAway {
  constructor(override readonly cause: unknown) {
    super(say('database-unreachable'), say('do-wait-for-database'))
  }
}
