import type { Rowbot } from '../../client/rowbot.ts'
import type { PeopleData } from '../people.ts'

/** The data of the Rowbot there. */
export function peopleThere(there: () => Rowbot): PeopleData {
  return {
    erase: (what, subject) => there().erase(what, subject),
    exportPerson: (person) => there().exportPerson(person),
    audit: (format, { since, until }) =>
      there().audit(format, {
        ...(since !== undefined && { since: new Date(since) }),
        ...(until !== undefined && { until: new Date(until) }),
      }),
  }
}
