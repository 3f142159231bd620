/** What stands in an answer, values aside: its fields at every level, and a stream's events in their order. */

type Json = Record<string, unknown>

/** Whatever an app puts into these is its own. */
const OF_THE_APP = new Set(['inputs', 'outputs', 'process_data'])
/** So many of them come as the text happens to be cut, or as time passes. */
const IN_ANY_NUMBER = new Set(['ping', 'text_chunk', 'message', 'agent_message'])

/** One event of a stream; a ping has no body. */
export interface ToldEvent {
  event: string
  body: Json
}

/** A stream's events; several of a kind that comes in any number are one. */
export function eventsIn(text: string): ToldEvent[] {
  const all = text
    .split('\n\n')
    .filter((block) => block.trim() !== '')
    .map((block): ToldEvent => {
      if (block.trim() === 'event: ping') return { event: 'ping', body: {} }
      const body: unknown = JSON.parse(block.trim().replace(/^data: /, ''))
      if (!isObject(body)) throw new Error(`no event: ${block}`)
      return { event: String(body['event']), body }
    })
  return all.filter(({ event }, at) => !IN_ANY_NUMBER.has(event) || all[at - 1]?.event !== event)
}

/** Where two answers have other fields, in words; empty where they have the same. null may stand for anything. */
export function differences(real: unknown, ours: unknown, at = ''): string[] {
  if (isObject(real) && isObject(ours)) return differentFields(real, ours, at)
  if (Array.isArray(real) && Array.isArray(ours)) {
    return real.length === 0 || ours.length === 0 ? [] : differences(real[0], ours[0], `${at}[0]`)
  }
  const isSame = real === null || ours === null || typeof real === typeof ours
  return isSame ? [] : [`${at}: ${typeof real} is recorded, ${typeof ours} is ours`]
}

function differentFields(real: Json, ours: Json, at: string): string[] {
  const names = new Set([...Object.keys(real), ...Object.keys(ours)])
  return [...names].flatMap((name) => {
    const path = at === '' ? name : `${at}.${name}`
    if (!Object.hasOwn(ours, name)) return [`${path}: is recorded, ours has none`]
    if (!Object.hasOwn(real, name)) return [`${path}: is ours, none is recorded`]
    return OF_THE_APP.has(name) ? [] : differences(real[name], ours[name], path)
  })
}

export function eventDifferences(real: ToldEvent[], ours: ToldEvent[]): string[] {
  const names = (events: ToldEvent[]) => events.map(({ event }) => event).join(' ')
  if (names(real) !== names(ours)) return [`recorded: ${names(real)}`, `ours: ${names(ours)}`]
  return real.flatMap(({ event, body }, at) => differences(body, ours[at]?.body, `${at} ${event}`))
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
