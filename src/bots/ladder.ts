import type { MessageRef, Place } from '../messages/people.ts'

/**
 * Where something that a person must get is posted, the best place first. When one is gone (the channel was archived,
 * the thread deleted, the bot removed) the next is tried; behind the last it waits for its person. Nothing goes from a
 * private thread to its channel, where others would read it.
 */
export type Rung = { kind: 'place'; place: Place } | { kind: 'direct' }

/** @param first tried before all others, such as where the person is now */
export function rungsOf(home: Place, message: MessageRef | undefined, first?: Place): Rung[] {
  const places = [
    ...(first ? [first] : []),
    message?.place ?? home,
    home,
    ...(home.isPrivate ? [] : [channelOf(home)]),
  ]
  const different: Place[] = []
  for (const place of places) {
    if (!different.some((one) => isSamePlace(one, place))) different.push(place)
  }
  return [...different.map((place): Rung => ({ kind: 'place', place })), { kind: 'direct' }]
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.channel === b.channel && threadOf(a) === threadOf(b)
}

/** Nobody but the person reads there. */
export function isDirect({ platform, team, channel }: Place): boolean {
  return platform === 'discord' ? team === '' : channel.startsWith('D')
}

/** The channel itself, without the thread. On Discord a thread is a channel, too, and `thread` says which is meant. */
function channelOf({ thread: _thread, ...place }: Place): Place {
  return place.platform === 'discord' ? { ...place, thread: place.channel } : place
}

function threadOf({ thread, channel }: Place): string | undefined {
  return thread === channel ? undefined : thread
}
