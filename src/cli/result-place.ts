import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { Rowbot } from '../app/rowbot.ts'
import { findResultPlace, setResultPlace } from '../db/tasks/result-place.ts'
import { ROWBOT } from '../engine/this-program.ts'
import { UserError } from '../engine/user-error.ts'

/** Remembers where a task that is started here writes its result, for whoever goes on with it from another folder. */
export async function rememberPlace(
  { db }: Rowbot,
  taskIds: string[],
  { out, folder }: { out?: string | undefined; folder: string },
): Promise<void> {
  await setResultPlace(db, taskIds, out === undefined ? `${resolve(folder)}/` : resolve(out))
}

/** A place to write to: a file, or a folder in which the file gets its usual name. */
export type ResultPlace = { file: string } | { folder: string }

/**
 * Where the result of a task goes that goes on: where it was to go when it was started, wherever the shell is now.
 * Undefined: it was not started on a command line, and nothing is written unless somebody names a file.
 * @throws UserError that asks for --out, if the folder is not here
 */
export async function placeOf({ db }: Rowbot, id: string): Promise<ResultPlace | undefined> {
  const place = await findResultPlace(db, id)
  if (place === undefined) return undefined
  const folder = place.endsWith('/') ? place : dirname(place)
  if (!existsSync(folder))
    throw new UserError(
      `The result of task ${id} was to be written in ${folder}, which is not here.`,
      `Name another place: ${ROWBOT} resume ${id} --out FILE`,
    )
  return place.endsWith('/') ? { folder: place } : { file: place }
}
