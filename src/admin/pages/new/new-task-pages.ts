import { Elysia } from 'elysia'
import type { Surroundings } from '../../options.ts'
import { doorPages } from './door-pages.ts'
import { draftPages } from './draft-pages.ts'

/** A new task: where a file comes in, then the four steps. */
export function newTaskPages(surroundings: Surroundings) {
  return new Elysia().use(doorPages(surroundings)).use(draftPages(surroundings))
}
