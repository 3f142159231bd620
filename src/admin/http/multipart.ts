import { say } from '../../engine/sentence.ts'
import { Busboy, type BusboyInstance } from '@fastify/busboy'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { SpooledFile } from '../../engine/files.ts'
import type { FileStore } from '../../files/file-store.ts'
import { TooLarge } from '../../files/pieces.ts'
import type { SentFile } from '../../files/sent-file.ts'
import type { Limits } from '../../workbook/limits.ts'
import { UserError } from '../../engine/user-error.ts'
import { HttpFault } from './fault.ts'
import { NotStored } from './not-stored.ts'

/** The text of one field. */
const MAX_FIELD_BYTES = 1_000_000
const MAX_FIELDS = 10_000
const MAX_NAME_BYTES = 10_000
/** The lines above a part, which contain a file’s name. */
const MAX_HEADER_BYTES = 200_000
const NAME_CHARS = 200

/** A file of a form. Its bytes are on disk until the request has been answered. */
export class FilePart implements SentFile {
  constructor(
    /** with its folders, if it was sent in some; never empty */
    readonly name: string,
    /** false: an empty file field of a form */
    readonly isGiven: boolean,
    private readonly spooled: SpooledFile,
  ) {}

  /** in bytes */
  get size(): number {
    return this.spooled.size
  }

  open(): Promise<AsyncIterable<Uint8Array>> {
    return Promise.resolve(this.spooled.open())
  }

  remove(): Promise<void> {
    return this.spooled.remove()
  }
}

export interface PartsOptions {
  limits: Pick<Limits, 'maxFileBytes' | 'maxFiles' | 'maxFilesBytes'>
  /** where files go while they arrive; undefined: this client may send none, and they are skipped */
  store: FileStore | undefined
}

/**
 * Reads a multipart body piece by piece: files go to disk as they arrive, and the sender waits for the disk.
 * Whatever fails, no file is left behind.
 * @param pieces the body; what it throws is thrown
 * @throws HttpFault, and NotStored or a UserError if the store can take no file
 */
export async function readParts(
  pieces: AsyncIterable<Uint8Array>,
  type: string,
  { limits, store }: PartsOptions,
): Promise<[string, string | FilePart][]> {
  const entries: [string, string | Promise<FilePart>][] = []
  const streams: Readable[] = []
  const stopped = new AbortController()
  const maxBytes = Math.max(limits.maxFileBytes, limits.maxFilesBytes)

  const parser = parserOf(type, limits.maxFiles + 1)
  parser.on('field', (name, value, isNameCut, isCut) => {
    if (isNameCut || isCut) stopped.abort(new HttpFault('too_large', say('field-too-long')))
    else entries.push([name, value])
  })
  parser.on('file', (name, stream, filename) => {
    if (!store) return stream.resume()
    streams.push(stream)
    stream.on('error', () => {}) // whoever reads it is told, too; without a listener the process would end
    const part = store.spool(stream, maxBytes).then((spooled) => {
      if (!spooled) throw new TooLarge(maxBytes)
      return partOf(filename, spooled)
    })
    // If the form broke off, so does the stream; otherwise the store has failed, which is no fault of the form.
    part.catch((fault: unknown) => stopped.abort(stream.errored ? unreadable() : fault))
    return entries.push([name, part])
  })
  parser.on('filesLimit', () => stopped.abort(tooMany(limits.maxFiles)))
  parser.on('fieldsLimit', () => stopped.abort(new HttpFault('too_large', say('too-many-fields'))))

  try {
    await pipeline(Readable.from(pieces, { objectMode: false }), parser, { signal: stopped.signal })
    const all: [string, string | FilePart][] = []
    for (const [name, value] of entries) all.push([name, await value])
    stopped.signal.throwIfAborted()
    return all
  } catch (fault) {
    for (const stream of streams) stream.destroy(new Error('the form did not arrive in full'))
    const files = await Promise.allSettled(entries.map(async ([, value]) => value))
    for (const file of files)
      if (file.status === 'fulfilled' && file.value instanceof FilePart) await file.value.remove()
    throw stopped.signal.aborted
      ? faultOf(stopped.signal.reason)
      : fault instanceof HttpFault
        ? fault
        : unreadable()
  }
}

function parserOf(type: string, files: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { 'content-type': type },
      preservePath: true,
      limits: {
        files,
        fields: MAX_FIELDS,
        fieldSize: MAX_FIELD_BYTES,
        fieldNameSize: MAX_NAME_BYTES,
        headerSize: MAX_HEADER_BYTES,
      },
    })
  } catch {
    throw unreadable()
  }
}

function faultOf(fault: unknown): unknown {
  if (fault instanceof UserError) return fault
  if (!(fault instanceof TooLarge)) return new NotStored(fault)
  const size = `${Math.floor(fault.maxBytes / 2 ** 20)} MB`
  return new HttpFault('too_large', say('file-larger-than', { size }))
}

function unreadable(): HttpFault {
  return new HttpFault('bad_request', say('form-unreadable'), say('do-send-again'))
}

function tooMany(maxFiles: number): HttpFault {
  return new HttpFault('too_large', say('too-many-files-sent', { max: maxFiles }), say('do-send-fewer'))
}

function partOf(filename: string | undefined, spooled: SpooledFile): FilePart {
  const name = cleanName(filename)
  return new FilePart(name || 'workbook.csv', name !== '' || spooled.size > 0, spooled)
}

/** Browsers escape these three characters in a name, and no others. */
const ESCAPED: Record<string, string> = { '%22': '"', '%0D': ' ', '%0A': ' ' }

function cleanName(sent: string | undefined): string {
  const name = (sent ?? '')
    .replaceAll(/%(?:22|0D|0A)/g, (code) => ESCAPED[code] ?? code)
    .replaceAll('\\', '/')
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .toWellFormed()
  return [...name].slice(-NAME_CHARS).join('')
}
