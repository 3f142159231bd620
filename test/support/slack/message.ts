import { valueAt, textAt } from '../../../src/bots/json-path.ts'

/** A message as it stands in Slack. */
export interface Message {
  channel: string
  ts: string
  thread: string
  text: string
  user: string
  blocks: unknown[]
  files: { id: string; name: string }[]
  /** messages that it forwards, as Slack has them */
  attachments?: object[]
}

/** Everything a message says, as a person would read it. */
export function saysOf({ blocks, text }: Pick<Message, 'blocks' | 'text'>): string {
  const said = blocks.flatMap(textsOf).join('')
  return said || text
}

export function buttonsOf(message: Pick<Message, 'blocks'>): string[] {
  return elementsOf(message)
    .filter((element) => textAt(element, 'type') === 'button')
    .map((element) => textAt(element, 'text', 'text'))
}

/** Its buttons and selects. */
export function elementsOf({ blocks }: Pick<Message, 'blocks'>): object[] {
  return blocks.flatMap((block) => {
    const elements = textAt(block, 'type') === 'actions' ? valueAt(block, 'elements') : []
    return Array.isArray(elements) ? elements : []
  })
}

function textsOf(node: unknown): string[] {
  if (Array.isArray(node)) return node.flatMap(textsOf)
  if (typeof node !== 'object' || node === null) return []
  const type = textAt(node, 'type')
  if (type === 'header') return [textAt(node, 'text', 'text'), '\n']
  if (type === 'date') return [textAt(node, 'fallback')]
  if (type === 'user') return [`@${textAt(node, 'user_id')}`]
  if (type === 'actions') return []
  if (type === 'text' || type === 'link' || type === 'raw_text')
    return [textAt(node, 'text'), type === 'raw_text' ? '|' : '']
  return [
    ...textsOf(valueAt(node, 'elements')),
    ...textsOf(valueAt(node, 'rows')),
    type === 'rich_text' ? '\n' : '',
  ]
}

/** As events carry it. */
export function eventOf({ channel, ts, thread, text, user, files, attachments }: Message) {
  return {
    channel,
    ts,
    event_ts: ts,
    user,
    text,
    ...(thread && { thread_ts: thread }),
    ...(files.length > 0 && { files }),
    ...(attachments && { attachments }),
  }
}

/** The messages of an answer of the Web API. */
export function messagesIn(answer: unknown, channel: string): Message[] {
  const messages = valueAt(answer, 'messages')
  return (Array.isArray(messages) ? messages : []).map((message: unknown) => {
    const [files, blocks] = [valueAt(message, 'files'), valueAt(message, 'blocks')]
    return {
      channel,
      ts: textAt(message, 'ts'),
      thread: textAt(message, 'thread_ts'),
      text: textAt(message, 'text'),
      user: textAt(message, 'user'),
      blocks: Array.isArray(blocks) ? blocks : [],
      files: (Array.isArray(files) ? files : []).map((file: unknown) => ({
        id: textAt(file, 'id'),
        name: textAt(file, 'name'),
      })),
    }
  })
}
