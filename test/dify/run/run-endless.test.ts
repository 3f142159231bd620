import { expect, test } from 'bun:test'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import type { AppMode } from '../../../src/engine/workflow.ts'
import { serve } from '../support/serve.ts'
import { spoken } from '../../support/spoken.ts'

const MB = 'x'.repeat(2 ** 20)

test.each<[string, AppMode, string, string]>([
  ['an event', 'workflow', 'data: {"event":"text_chunk","data":"', MB],
  ['an answer', 'advanced-chat', '', `data: ${JSON.stringify({ event: 'message', answer: MB })}\n\n`],
])(
  '%s that never ends is lost, not collected for ever',
  async (_what, mode, begin, more) => {
    let sent = 0
    await using server = serve(
      () =>
        new Response(
          new ReadableStream({
            start: (stream) => stream.enqueue(begin),
            pull: (stream) => {
              sent += 1
              stream.enqueue(more)
            },
          }),
          { headers: { 'content-type': 'text/event-stream' } },
        ),
    )
    const outcome = await openApp({ baseUrl: server.url, apiKey: 'app-x', mode }).run({
      inputs: mode === 'advanced-chat' ? { query: 'q' } : {},
      variables: [],
      user: 'endless',
      signal: AbortSignal.timeout(10_000),
      onProgress: () => {},
    })
    expect(spoken(outcome)).toMatchObject({
      kind: 'lost',
      error: expect.stringContaining('larger than 32 MB'),
    })
    expect(sent).toBeLessThan(100)
  },
  15_000,
)
