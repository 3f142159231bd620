interface SentEvent {
  /** empty: a comment, which says only that the connection lives */
  event: string
  data: string
  /** empty: it has none */
  id: string
}

/** The server-sent events of an answer, as our own server writes them: each ends with an empty line. */
export async function* eventsIn(response: Response): AsyncGenerator<SentEvent> {
  if (!response.body) return
  const reader = response.body.getReader()
  const text = new TextDecoder()
  let rest = ''
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      const blocks = (rest + text.decode(value, { stream: true })).split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) yield parsed(block)
    }
  } finally {
    await reader.cancel().catch(() => {}) // it may have broken already
  }
}

function parsed(block: string): SentEvent {
  let event = ''
  let id = ''
  const data: string[] = []
  for (const line of block.split('\n')) {
    if (line.startsWith('event: ')) event = line.slice('event: '.length)
    if (line.startsWith('id: ')) id = line.slice('id: '.length)
    if (line.startsWith('data: ')) data.push(line.slice('data: '.length))
  }
  return { event, data: data.join('\n'), id }
}
