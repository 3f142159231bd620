import type { NamedContent, ResultFile, ResultPart } from '../app/chat-results.ts'
import type { ResultLinks } from '../app/result-links.ts'
import type { AskedResult } from '../wizard/answer.ts'
import type { TaskView } from '../db/tasks/tasks.ts'
import type { Place } from '../messages/people.ts'
import type { Line, Mention, Prompt, Span } from '../messages/prompt.ts'
import { clip, dotted } from '../messages/rich-text.ts'
import type { Texts } from '../messages/texts/texts.ts'
import type { Chat, Once, SendResult } from './chat.ts'
import { isDirect } from './ladder.ts'

/*
 * A file of a task that its place may not take. It goes as it is; or as CSV in a ZIP; or as a link, if the page has an
 * address; or in parts. Each step is the same again after a crash, and each message has a key of its own, so what has
 * arrived is not sent twice.
 */

/** A file of a task for a person in a place. */
export interface FileForPerson {
  what: 'result' | 'files'
  task: TaskView
  file: Pick<ResultFile, 'name' | 'content' | 'smaller'>
  /** stands next to the file, whatever becomes of it */
  summary: Line
  /** of the whole file alone */
  note?: string | undefined
  /** after that: mentions whom it is for */
  end?: Line
  place: Place
  person: Mention
  /** a link is for them: see messages/people.ts */
  personKey: string
  texts: Texts
  once: Once
  /** undefined: the page has no address. A link’s message is the same in whichever place the file was to go */
  linked: { links: ResultLinks; once: Once } | undefined
}

/** `unreachable`: it can only go as a link, and the person takes no direct messages */
export type FileResult = SendResult<SentAs> | { kind: 'unreachable'; error: string }

/** `nothing`: no way is left; where else to get it must still be said. `link`: in the direct messages */
export type SentAs = 'file' | 'link' | 'nothing'

/** Sends the file, or what can be sent of it. */
export async function sendFile(chat: Chat, about: FileForPerson): Promise<FileResult> {
  const limit = await chat.maxFileBytes(about.place, about.file.content.size)
  const whole = await upload(chat, about, {
    file: about.file,
    line: lineOf(about, about.note),
    suffix: '',
    limit,
  })
  if (whole.kind !== 'tooLarge') return asFile(whole)
  const zipped = await sendZipped(chat, about, limit)
  if (zipped.kind !== 'tooLarge') return asFile(zipped)
  if (about.linked) return sendLink(chat, about, about.linked)
  const { size } = about.file.content
  // The platform refuses what it should take: all that is known is that it must be less.
  const parts = await sendParts(chat, about, size > limit ? limit : Math.floor(size / 2))
  return parts.kind === 'tooLarge' ? { kind: 'ok', value: 'nothing' } : asFile(parts)
}

/** What the sentences about a large file name. */
export function largeFileFacts({ what, file, place }: FileForPerson) {
  return { what, bytes: file.content.size, chat: CHATS[place.platform] }
}

/**
 * Sends a result that somebody asked for.
 * @param nowhere where else to get it
 * @returns whether they have it, and what they must still be told
 */
export async function sendAsked(
  chat: Chat,
  asked: Pick<FileForPerson, 'person' | 'personKey' | 'place' | 'texts' | 'once' | 'linked'> & {
    file: NamedContent
    result: AskedResult
    /** for the person alone: not in a place that others read */
    isPersonal?: true | undefined
  },
  nowhere: Line,
): Promise<{ isThere: boolean; say?: Line }> {
  const { result, file, place, texts } = asked
  const { task, smaller, summary, note } = result
  const about: FileForPerson = { ...asked, what: 'result', task, file: { ...file, smaller }, summary, note }
  const facts = largeFileFacts(about)
  const mayBeHere = isDirect(place) || !asked.isPersonal
  let sent: FileResult = mayBeHere
    ? await sendFile(chat, about)
    : { kind: 'gone', error: 'others read the place' }
  // A place that takes no files, such as a channel that the bot is not in, takes none in a minute, either.
  const isElsewhere = sent.kind === 'gone' && !isDirect(place)
  if (isElsewhere) {
    const direct = await chat.direct(asked.person)
    sent = direct.kind === 'ok' ? await sendFile(chat, { ...about, place: direct.value }) : direct
  }
  if (sent.kind === 'unreachable') return { isThere: false, say: [texts.largeFiles.unreachableYou(facts)] }
  if (sent.kind !== 'ok') return { isThere: false, say: [texts.tasks.private.fileNotSent] }
  switch (sent.value) {
    case 'file':
      return { isThere: true, ...(isElsewhere && { say: [texts.tasks.private.sentDirectly(file.name)] }) }
    case 'link':
      return { isThere: true, ...(!isDirect(place) && { say: [texts.largeFiles.linkSentToYou(facts)] }) }
    case 'nothing':
      return { isThere: false, say: nowhere }
  }
}

const CHATS = { slack: 'Slack', discord: 'Discord', web: 'Rowbot' } as const satisfies Record<
  Place['platform'],
  string
>
/** A message needs some bytes besides its file. */
const MESSAGE_BYTES = 4_096
/** How often the platform may refuse parts that are smaller and smaller. */
const TRIES = 3

async function sendZipped(chat: Chat, about: FileForPerson, limit: number): Promise<SendResult> {
  const { smaller } = about.file
  if (!smaller.zipped) return NO_SMALLER
  const file = await smaller.zipped()
  if (file.content.size >= about.file.content.size) return NO_SMALLER
  const line = lineOf(about, about.texts.largeFiles.zipped(largeFileFacts(about)))
  return upload(chat, about, { file, line, suffix: 'z', limit })
}

/** Only where nobody else reads: in the direct messages. */
async function sendLink(
  chat: Chat,
  about: FileForPerson,
  { links, once }: NonNullable<FileForPerson['linked']>,
): Promise<FileResult> {
  const { task, place, person, personKey: key, texts } = about
  const direct: SendResult<Place> = isDirect(place) ? { kind: 'ok', value: place } : await chat.direct(person)
  if (direct.kind !== 'ok') return unreachableIfGone(direct)
  const face = place.platform === 'web' ? 'page' : place.platform
  const url = await links.make(task, { key, name: person.name, face }, once)
  const prompt: Prompt = {
    title: clip(task.name, NAME_CHARS),
    lines: [texts.largeFiles.link<Span>(largeFileFacts(about), { link: texts.largeFiles.download, url })],
    selects: [],
    buttons: [],
  }
  const sent = await chat.post(direct.value, prompt, once)
  return sent.kind === 'ok' ? { kind: 'ok', value: 'link' } : unreachableIfGone(sent)
}

const NAME_CHARS = 100

function unreachableIfGone(sent: Exclude<SendResult<unknown>, { kind: 'ok' }>): FileResult {
  return sent.kind === 'gone' ? { kind: 'unreachable', error: sent.error } : sent
}

async function sendParts(chat: Chat, about: FileForPerson, limit: number): Promise<SendResult> {
  let max = limit - MESSAGE_BYTES
  for (let tried = 1; tried <= TRIES; tried++) {
    const parts = max > 0 ? await about.file.smaller.parts(max) : undefined
    if (!parts) return NO_SMALLER
    const sent = await sendAll(parts)
    // With the first, nothing is there yet, and smaller ones may do. Otherwise, what is there is of use.
    if (sent.kind !== 'tooLarge' || sent.part > 0) return sent
    max = Math.floor(max / 2)
  }
  return NO_SMALLER

  async function sendAll(parts: ResultPart[]) {
    for (const [part, { rows, ...file }] of parts.entries()) {
      const said = about.texts.largeFiles
      const facts = largeFileFacts(about)
      const how = parts.length === 1 ? said.inNew(facts) : said.part(facts, part + 1, parts.length, rows)
      const line = part === 0 ? lineOf(about, how) : [how]
      const suffix = `p${parts.length.toString(36)}${part.toString(36)}`
      const sent = await upload(chat, about, { file, line, suffix, limit: Infinity })
      if (sent.kind !== 'ok') return { ...sent, part }
    }
    return { ...OK, part: parts.length }
  }
}

async function upload(
  chat: Chat,
  { place, once }: FileForPerson,
  { file, line, suffix, limit }: { file: NamedContent; line: Line; suffix: string; limit: number },
): Promise<SendResult> {
  if (file.content.size > limit) return { kind: 'tooLarge', error: 'the file is larger than the place takes' }
  return chat.upload(place, file, line, { ...once, key: once.key + suffix })
}

const OK = { kind: 'ok', value: undefined } as const
const NO_SMALLER = { kind: 'tooLarge', error: 'there is no smaller file' } as const

function asFile(sent: SendResult): SendResult<SentAs> {
  return sent.kind === 'ok' ? { kind: 'ok', value: 'file' } : sent
}

function lineOf({ summary, end = [] }: FileForPerson, note: string | undefined): Line {
  return [...dotted(summary, note), ...end]
}
