import type { Sandbox } from '../../../../src/dify/sandbox/start-sandbox.ts'
import { recorded } from './recorded.ts'

/** How long nothing must come for a stream to be silent. The sandbox under test sends no pings meanwhile. */
const SILENCE_MS = 40

/** Asks a sandbox what a real server was asked. @param path with the ids of now in the place of those of then */
export function askRecorded(
  sandbox: Sandbox,
  name: string,
  path?: string,
  signal?: AbortSignal,
): Promise<Response> {
  const { app, request } = recorded(name)
  const { method, body, auth } = request
  const key = auth === 'wrong' ? 'app-wrong' : sandbox.apps.find((one) => one.name === app)?.key
  return fetch(`${sandbox.url.replace('/v1', '')}${path ?? request.path}`, {
    method,
    headers: auth === 'none' ? {} : { authorization: `Bearer ${key ?? ''}` },
    ...(method === 'POST' && { body: bodyOf(name, body) }),
    ...(signal && { signal }),
  })
}

/** The recordings say of an upload only that it was one. */
function bodyOf(name: string, body: unknown): string | FormData {
  if (typeof body === 'string' && body !== '<multipart>') return body
  if (body !== '<multipart>') return JSON.stringify(body)
  const form = new FormData()
  form.set('user', 'u')
  const size = name === 'err-file-too-large' ? 16 * 1024 * 1024 : 10
  if (name !== 'err-file-none') {
    form.set(
      'file',
      new File([new Uint8Array(size)], name === 'file-upload-exe' ? 'note.exe' : 'note.txt', {
        type: 'text/plain',
      }),
    )
  }
  return form
}

/** Who reads a stream as it comes. */
export class Listener {
  text = ''
  readonly #decoder = new TextDecoder()
  readonly #reader: ReturnType<typeof readerOf>
  #next: ReturnType<ReturnType<typeof readerOf>['read']> | undefined

  private constructor(readonly answer: Response) {
    this.#reader = readerOf(answer)
  }

  /** With the first piece of it read. */
  static async at(answer: Response): Promise<Listener> {
    const listener = new Listener(answer)
    await listener.#read()
    return listener
  }

  /** All that was told, from the first piece to the end. */
  async rest(): Promise<string> {
    while (await this.#read());
    return this.text
  }

  async isSilent(): Promise<boolean> {
    for (;;) {
      const said = await Promise.race([this.#read(), Bun.sleep(SILENCE_MS).then(() => 'silence' as const)])
      if (said === 'silence') return true
      if (!said) return false
    }
  }

  async isBroken(): Promise<boolean> {
    return this.rest().then(
      () => false,
      () => true,
    )
  }

  async leave(): Promise<void> {
    await this.#reader.cancel()
  }

  /** @returns whether there was more */
  async #read(): Promise<boolean> {
    this.#next ??= this.#reader.read()
    const { done, value } = await this.#next
    this.#next = undefined
    if (value instanceof Uint8Array) this.text += this.#decoder.decode(value, { stream: true })
    return !done
  }
}

function readerOf({ body }: Response) {
  if (!body) throw new Error('that is no stream')
  return body.getReader()
}
