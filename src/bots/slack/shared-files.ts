import type { WebClient } from '@slack/web-api'
import type { Place } from '../../wizard/people.ts'
import { at, listAt, textAt } from '../at.ts'
import { call } from './call.ts'

export interface SharedFile {
  name: string
  content: Blob
}

/** Of our files in a channel, how many to look through: the one we may have shared would be among the last. */
const LOOK_AT = 20
/** The same workbook written twice differs by the time that stands in it, once compressed. */
const SIZE_DIFFERS = 64

/** Whether this file stands in the place. */
export async function isShared(client: WebClient, id: string, place: Place): Promise<boolean> {
  const called = await call(client, 'files.info', { file: id })
  if (called.kind !== 'ok') return false
  return sharesOf(at(called.value, 'file'), place.channel).some(
    (share) => !place.thread || textAt(share, 'thread_ts') === place.thread,
  )
}

/**
 * Whether we have shared this file in the place before, as a process that has ended since may have done. A file of the
 * same name and size in the same thread is the same result, whoever asked for it.
 */
export async function sharedBefore(client: WebClient, file: SharedFile, place: Place): Promise<boolean> {
  const called = await call(client, 'files.list', { channel: place.channel, count: LOOK_AT })
  if (called.kind !== 'ok') return false
  for (const shared of listAt(called.value, 'files')) {
    const size = at(shared, 'size')
    const isSame =
      textAt(shared, 'name') === file.name &&
      typeof size === 'number' &&
      Math.abs(size - file.content.size) <= SIZE_DIFFERS
    if (isSame && (await isShared(client, textAt(shared, 'id'), place))) return true
  }
  return false
}

function sharesOf(file: unknown, channel: string): unknown[] {
  return ['public', 'private'].flatMap((kind) => listAt(file, 'shares', kind, channel))
}
