import type { DifyApp, Fate, Outcome, RunIds } from '../engine/outcome.ts'

/**
 * An outcome with the ids of its run, as far as they are known: `onIds` is skipped for a run that begins and ends in
 * one piece of the stream, and a look-up by user finds an id that no event ever told.
 */
export type Traced<T> = T & { ids?: RunIds }

/** The engine's port, and the ids with every answer. */
export interface TracedDifyApp extends DifyApp {
  run(...call: Parameters<DifyApp['run']>): Promise<Traced<Outcome>>
  lookUp(...run: Parameters<DifyApp['lookUp']>): Promise<Traced<Fate>>
}
