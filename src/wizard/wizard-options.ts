import type { Db } from '../db/schema.ts'
import type { Clock } from '../engine/clock.ts'
import type { Engine } from '../engine/engine.ts'
import type { Limits } from '../workbook/limits.ts'
import type { IsAdmin } from './sight.ts'

/** What a wizard is made of; main.ts hands it in. */
export interface WizardOptions {
  db: Db
  engine: Engine
  clock: Clock
  limits: Limits
  isAdmin: IsAdmin
}
