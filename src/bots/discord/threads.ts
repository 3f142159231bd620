import { Routes, ThreadAutoArchiveDuration } from 'discord.js'
import type { MessageRef, Place } from '../../wizard/people.ts'
import { clip } from '../../wizard/text.ts'
import type { Sent } from '../chat.ts'
import type { Api } from './api.ts'
import { CODES, sentOf, UNAUTHORIZED } from './call.ts'
import { DISCORD_LIMITS } from './limits.ts'

/** Threads of Discord are channels; one that hangs on a message has that message's id. */
export class Threads {
  constructor(private readonly api: Api) {}

  /** The thread on a message, or the channel where none may be made any more. */
  async on({ place, id }: MessageRef, name: string): Promise<Sent<Place>> {
    const called = await this.api.call({
      method: 'post',
      route: Routes.threads(place.channel, id),
      body: {
        name: clip(name.trim() || '…', DISCORD_LIMITS.threadNameChars),
        auto_archive_duration: ThreadAutoArchiveDuration.OneWeek,
      },
    })
    const isThere = called.kind === 'refused' && called.code === CODES.threadExists
    if (called.kind === 'ok' || isThere) return { kind: 'ok', value: { ...place, thread: id } }
    const isRefused = called.kind === 'refused' && called.code !== UNAUTHORIZED
    if (isRefused) return { kind: 'ok', value: { ...place, thread: place.channel } }
    return sentOf(called)
  }

  /** An old message in a thread that went to sleep cannot be edited before it is awake. */
  async wake(thread: string): Promise<boolean> {
    const route = Routes.channel(thread)
    return (await this.api.call({ method: 'patch', route, body: { archived: false } })).kind === 'ok'
  }
}
