import type { Asker } from '../wizard/asker.ts'
import type { Visitor } from './visitor.ts'

/** Who is signed in, as the wizard and the tasks know people. The page is one place without channels. */
export function askerOf({ identity, words }: Visitor): Asker {
  const name = identity?.name ?? ''
  return {
    person: { platform: 'web', team: '', id: name, name, roles: [] },
    place: { platform: 'web', team: '', channel: '' },
    locale: words.locale,
  }
}
