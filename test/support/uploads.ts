import { serve } from '../dify/support/serve.ts'
import type { Sandbox } from '../../src/dify/sandbox/start-sandbox.ts'
import type { GivenFile } from '../../src/engine/files.ts'
import type { Inputs } from '../../src/engine/task.ts'
import type { Submission } from '../../src/engine/engine.ts'
import type { Workflow } from '../../src/engine/workflow.ts'
import type { Rowbot } from '../../src/app/rowbot.ts'
import { later } from './bot.ts'

export const EVERY_INPUT = 'app-sandbox-every-input'

/** What happens to one upload: `lose`: taken, and not found afterwards; `cut`: the answer breaks off; `page`: a 504. */
export type UploadTrouble = 'lose' | 'cut' | 'page' | undefined

interface Upload {
  user: string
  sha256: string
}

/** A server before the sandbox. It looks at every upload, and can hold, lose or break it. */
export function uploadsBefore(sandbox: Sandbox) {
  /** what was taken, by the id that the run has to name */
  const taken = new Map<string, Upload>()
  let gate: Promise<unknown> | undefined
  let held = 0
  let uploads = 0
  const ofFile = new Map<string, number>()
  let troubleOf: (upload: number, ofFile: number) => UploadTrouble = () => undefined

  const server = serve(async (request) => {
    const { pathname, search } = new URL(request.url)
    const target = sandbox.url.replace(/\/v1$/, '') + pathname + search
    if (!pathname.endsWith('/files/upload')) return passOn(request, target)
    if (gate) {
      held++
      await gate
      held--
    }
    const form = await request.formData()
    // of a form that Rowbot sent
    const file = form.get('file') as File
    const user = form.get('user') as string
    const sha256 = sha256Of(await file.arrayBuffer())
    ofFile.set(sha256, (ofFile.get(sha256) ?? 0) + 1)
    const trouble = troubleOf(++uploads, ofFile.get(sha256) ?? 0)
    if (trouble === 'page') return new Response('<title>504</title>', { status: 504 })
    if (trouble === 'cut') return new Response(broken(), { status: 201 })
    const body = new FormData()
    body.set('user', trouble === 'lose' ? 'nobody' : user)
    body.set('file', file, file.name)
    const headers = { authorization: request.headers.get('authorization') ?? '' }
    const answer = await fetch(target, { method: 'POST', headers, body })
    const said = (await answer.json()) as { id: string } // the sandbox's own answer
    taken.set(said.id, { user, sha256 })
    return Response.json(said, { status: answer.status })
  })
  later(() => server[Symbol.asyncDispose]())

  return {
    url: `${server.url}/v1`,
    taken,
    uploads: () => uploads,
    /** how many uploads wait */
    held: () => held,
    /** Lets no upload on until what it gives is called. */
    hold() {
      const opened = Promise.withResolvers<void>()
      gate = opened.promise
      return () => {
        gate = undefined
        opened.resolve()
      }
    },
    /** @param of by the number of the upload, and how many there were of the same file by then */
    trouble(of: typeof troubleOf) {
      troubleOf = of
    },
    /** Runs at the sandbox, by the row, that had exactly the file of the row, uploaded as the user of the call. */
    rightRuns(files: GivenFile[]): Map<number, number> {
      const runs = new Map<number, number>()
      for (const { inputs, user, status } of sandbox.hits()) {
        if (status !== 'succeeded') continue
        const row = Number(inputs['short_text'])
        const documents = inputs['documents'] as { upload_file_id: string }[] // as Rowbot sends them
        const there = taken.get(documents[0]?.upload_file_id ?? '')
        const isRight = there?.user === user && there.sha256 === files[row - 2]?.sha256
        runs.set(row, (runs.get(row) ?? 0) + (isRight ? 1 : Number.NaN))
      }
      return runs
    },
  }
}

async function passOn(request: Request, target: string): Promise<Response> {
  const headers = new Headers(request.headers)
  headers.delete('host')
  const body = request.method === 'POST' ? await request.arrayBuffer() : undefined
  const { signal } = request
  const answer = await fetch(target, { method: request.method, headers, signal, ...(body && { body }) })
  return new Response(answer.body, { status: answer.status, headers: answer.headers })
}

function broken(): ReadableStream<Uint8Array> {
  return new ReadableStream({
    async pull(controller) {
      controller.enqueue(new TextEncoder().encode('{"id":'))
      await Bun.sleep(1)
      controller.error(new Error('cut'))
    },
  })
}

function sha256Of(bytes: ArrayBuffer): string {
  return new Bun.CryptoHasher('sha256').update(bytes).digest('hex')
}

/** Stores one file for each row, no two alike. Every fiftieth is so large that it does not fit into any buffer. */
export async function storeFiles(bot: Rowbot, rows: number, largeBytes = 3_000_000): Promise<GivenFile[]> {
  const files: GivenFile[] = []
  for (let row = 2; row < rows + 2; row++) {
    const bytes = Buffer.from(`File of row ${row}. `.repeat(row % 50 === 2 ? largeBytes / 20 : 100))
    const { sha256, size } = await bot.files.put(new Blob([bytes]).stream())
    files.push({ name: `${row}.txt`, sha256, size, content: null })
  }
  return files
}

/** Rows 2, 3, … each with a file of its own. */
export function orderWithFiles(
  workflow: Workflow,
  files: GivenFile[],
  parameters: Partial<Submission['parameters']> = {},
): Submission {
  const inputsOf = (row: number, { name, sha256, size }: GivenFile): Inputs => ({
    short_text: String(row),
    documents: [{ type: 'document', transfer_method: 'local_file', name, sha256, size }],
  })
  return {
    parameters: { name: 'files', concurrency: 10, ...parameters },
    workflow,
    upload: { fileName: 'files.xlsx', bytes: new Uint8Array([1]), files },
    sheet: 'Files',
    headings: ['Row', 'File'],
    rows: files.map((file, i) => ({ row: i + 2, cells: [i + 2, file.name], inputs: inputsOf(i + 2, file) })),
    leftOut: [],
    owner: 'mei',
  }
}
