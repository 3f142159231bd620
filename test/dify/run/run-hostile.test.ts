import { describe, expect, test } from 'bun:test'
import { aFileStore } from '../../support/file-store.ts'
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { openApp } from '../../../src/dify/apps/open-app.ts'
import { EventReader } from '../../../src/dify/client/events.ts'
import { RunReader } from '../../../src/dify/run/run-reader.ts'
import { allRecordings } from '../support/recordings.ts'
import { spoken } from '../../support/spoken.ts'

const STREAM = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n'
const IDS = { task_id: 't', workflow_run_id: 'r' }
const STARTED = `data: ${JSON.stringify({ event: 'workflow_started', ...IDS, data: {} })}\n\n`
const end = (outputs: unknown) =>
  `data: ${JSON.stringify({ event: 'workflow_finished', ...IDS, data: { status: 'succeeded', outputs } })}\n\n`

describe('a server that gives no answer', () => {
  test('is given up, though the connection stands, and that is the server’s fault', async () => {
    await using server = await listen(() => {})
    expect(await run(server.url, 200)).toMatchObject({ kind: 'lost', inTrouble: true })
  })

  test('though its headers drip in for ever', async () => {
    await using server = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n')
      drip(socket, () => 'x-drip: 1\r\n')
    })
    expect(await run(server.url, 200)).toMatchObject({ kind: 'lost', inTrouble: true })
  })

  test('though a look-up’s body drips in for ever', async () => {
    await using server = await listen((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000000\r\n\r\n{')
      drip(socket, () => ' ')
    })
    const app = open(server.url, 200)
    const ref = { user: 'u', attemptedAt: 0, workflowRunId: 'r' }
    expect(await app.lookUp(ref, new AbortController().signal)).toMatchObject({
      kind: 'lost',
      inTrouble: true,
    })
  })

  test('to an upload has not even begun the attempt', async () => {
    await using server = await listen(() => {})
    await using files = await listen((socket) => {
      socket.end('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nhi')
    })
    const app = openApp({
      baseUrl: server.url,
      apiKey: 'app-x',
      mode: 'workflow',
      fileHosts: [new URL(files.url).host],
      fileSource: aFileStore(),
      limits: { uploadMs: 100 },
    })
    const outcome = await app.run({
      inputs: { doc: { type: 'document', transfer_method: 'remote_url', url: `${files.url}/a.txt` } },
      variables: [{ name: 'doc', label: 'Doc', type: 'file', required: true, remoteUrls: false }],
      user: 'u',
      signal: new AbortController().signal,
      onProgress() {},
    })
    expect(outcome).toMatchObject({ kind: 'throttled', by: 'server', inTrouble: true })
  })
})

test('megabytes of headers are not read', async () => {
  await using server = await listen((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\n${`x-flood: ${'x'.repeat(8_000)}\r\n`.repeat(1_000)}\r\n`)
  })
  expect(await run(server.url)).toMatchObject({ kind: 'lost', inTrouble: true })
})

test('bytes that are no HTTP are no answer', async () => {
  await using server = await listen((socket) => socket.end('SSH-2.0-OpenSSH_9.6\r\n'))
  expect(await run(server.url)).toMatchObject({ kind: 'lost', inTrouble: true })
})

test('one event of 33 MB is lost, and its id is not', async () => {
  await using server = await listen((socket) =>
    socket.end(`${STREAM}${STARTED}${end('x'.repeat(33 * 2 ** 20))}`),
  )
  expect(spoken(await run(server.url))).toMatchObject({
    kind: 'lost',
    error: expect.stringContaining('larger than 32 MB'),
    ids: { workflowRunId: 'r' },
  })
}, 30_000)

test('a stream that breaks after its beginning is no sign that the server is ill', async () => {
  await using server = await listen((socket) => {
    socket.write(`${STREAM.replace('connection: close', 'transfer-encoding: chunked')}5\r\ndata:\r\n`, () =>
      socket.destroy(),
    )
  })
  const outcome = await run(server.url)
  expect(spoken(outcome.kind)).toBe('lost')
  expect(outcome).not.toHaveProperty('inTrouble')
})

test('bytes that are no UTF-8 are told apart from the text, and the row succeeds', async () => {
  const [before = '', after = ''] = end({ a: 'x|y' }).split('|')
  await using server = await listen((socket) => {
    socket.end(
      Buffer.concat([Buffer.from(`${STREAM}${before}`), Buffer.from([0xff, 0xfe]), Buffer.from(after)]),
    )
  })
  expect(await run(server.url)).toMatchObject({ kind: 'succeeded', outputs: { a: 'x\uFFFD\uFFFDy' } })
})

test('a NUL makes the line it stands in unreadable, and the run is asked for', async () => {
  await using server = await listen((socket) =>
    socket.end(`${STREAM}${STARTED}${end({ a: 'x' }).replace('x', '\0')}`),
  )
  expect(await run(server.url)).toMatchObject({ kind: 'lost', ids: { workflowRunId: 'r' } })
})

test('lines that end as on Windows are lines', async () => {
  const text = `event: ping\n\n${STARTED}${end({ a: 1 })}`.replaceAll('\n', '\r\n')
  await using server = await listen((socket) => socket.end(`${STREAM}${text}`))
  expect(await run(server.url)).toMatchObject({ kind: 'succeeded', outputs: { a: 1 } })
})

describe('it does not matter where a stream is cut', () => {
  for (const name of ['echo-run', 'unicode-run', 'completion-stopped', 'err-missing-input']) {
    test(`${name}, a byte at a time`, () => {
      const recording = allRecordings().find((one) => one.name === name)
      const bytes = Buffer.concat(recording?.chunks ?? [])
      const mode = name.startsWith('completion') ? 'completion' : 'workflow'
      expect(bytes.length).toBeGreaterThan(0)
      expect(readIn(bytes, 1, mode)).toEqual(readIn(bytes, bytes.length, mode))
    })
  }
})

describe('a newer server that takes a call and lets us ask', () => {
  const accepted = (headers: string, body: string) =>
    `HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`
  const id = '3f0c9a52-6d1e-4c55-9b0e-1f2a3b4c5d6e'

  for (const [where, answer] of [
    ['its body', accepted('', JSON.stringify({ task_id: 't', workflow_run_id: id }))],
    ['a header', accepted(`x-workflow-run-id: ${id}\r\n`, JSON.stringify({ task_id: 't' }))],
    ['its location', accepted(`location: /v1/workflows/run/${id}\r\nretry-after: 5\r\n`, '{"task_id":"t"}')],
  ] as const) {
    test(`tells the id in ${where}`, async () => {
      await using server = await listen((socket) => socket.end(answer))
      const outcome = await run(server.url)
      expect(outcome).toMatchObject({ kind: 'lost', ids: { workflowRunId: id, difyTaskId: 't' } })
      expect(outcome).not.toHaveProperty('inTrouble')
    })
  }
})

/** A server that speaks once it has heard a request. */
async function listen(speak: (socket: Socket) => void) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => speak(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server that listens
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function drip(socket: Socket, piece: () => string): void {
  const timer = setInterval(() => (socket.destroyed ? clearInterval(timer) : socket.write(piece())), 5)
  socket.on('close', () => clearInterval(timer))
}

function open(url: string, limitMs: number) {
  return openApp({
    baseUrl: url,
    apiKey: 'app-x',
    mode: 'workflow',
    limits: { runMs: limitMs, lookUpMs: limitMs },
  })
}

function run(url: string, limitMs = 30_000) {
  const call = { inputs: {}, variables: [], user: 'u', signal: new AbortController().signal, onProgress() {} }
  return open(url, limitMs).run(call)
}

function readIn(bytes: Uint8Array, size: number, mode: 'workflow' | 'completion') {
  const events = new EventReader()
  const reader = new RunReader(mode)
  const outcomes = []
  for (let at = 0; at < bytes.length; at += size) {
    for (const event of events.read(bytes.subarray(at, at + size))) outcomes.push(reader.take(event))
  }
  return { outcome: outcomes.find((one) => one !== undefined), ids: reader.ids, started: reader.started }
}
