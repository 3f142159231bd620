import { Readable } from 'node:stream'
import { listZippedFiles, type NamedOutputFile, zipNameOf } from '../../app/result-files.ts'
import { resultNameOf } from '../../app/results.ts'
import type { Db } from '../../db/schema.ts'
import type { TaskView } from '../../db/tasks/tasks.ts'
import { contentOfHead, HEAD_BYTES } from '../../files/content.ts'
import type { FileStore } from '../../files/file-store.ts'
import { zipOf } from '../../files/result-files.ts'
import { attachment } from './download.ts'
import { HttpFault } from './fault.ts'
import { say } from '../../engine/sentence.ts'

/** Pictures that a browser may show, by what their bytes are. Never SVG, which may have scripts. */
const PICTURES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
}

/** Larger pictures are not shown on a page. */
const MAX_SHOWN_BYTES = 10 * 2 ** 20

/** Whatever it is, it was written by a model: it may not run anything, nor pass for a part of our page. */
const HARMLESS = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
}

/** One file of a row’s outputs: pictures inline, everything else as an attachment. @throws HttpFault not_found */
export async function outputFileResponse(
  file: NamedOutputFile | undefined,
  store: FileStore,
): Promise<Response> {
  if (!file) throw new HttpFault('not_found', say('no-such-file'))
  const bytes = file.sha256 === null ? undefined : await store.open(file.sha256)
  if (!bytes) throw new HttpFault('not_found', file.error ?? say('file-not-there-yet'))
  const picture = await pictureType(file, store)
  const response = attachment(new Response(bytes).body, file.zipName, file.size ?? undefined)
  const { headers } = response
  for (const [name, value] of Object.entries(HARMLESS)) headers.set(name, value)
  if (picture !== undefined) {
    headers.set('content-type', picture)
    headers.set(
      'content-disposition',
      (headers.get('content-disposition') ?? '').replace('attachment', 'inline'),
    )
  }
  return response
}

/** True if a page may show the file as a picture. */
export async function isShown(file: NamedOutputFile, store: FileStore): Promise<boolean> {
  return (file.size ?? 0) <= MAX_SHOWN_BYTES && (await pictureType(file, store)) !== undefined
}

/** All files of a task so far, packed while they are sent. @throws HttpFault not_found */
export async function filesZipResponse(task: TaskView, db: Db, store: FileStore): Promise<Response> {
  const files = await listZippedFiles(db, task.id)
  if (files.length === 0) throw new HttpFault('not_found', say('no-output-files'))
  const body = new Response(Readable.toWeb(zipOf(files, store))).body
  return attachment(body, zipNameOf(resultNameOf(task)))
}

async function pictureType({ sha256 }: NamedOutputFile, store: FileStore): Promise<string | undefined> {
  if (sha256 === null) return undefined
  const head = await store.open(sha256, HEAD_BYTES)
  const content = head ? await contentOfHead(head) : null
  return content === null ? undefined : PICTURES[content]
}
