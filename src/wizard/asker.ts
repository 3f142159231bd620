import type { Person, Place } from './people.ts'

/** Who asks, where, and in which language (`en-US`, `zh-CN`, …: words/ picks the nearest it has). */
export interface Asker {
  person: Person
  place: Place
  locale: string
}
