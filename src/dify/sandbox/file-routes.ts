import { INTERNAL_ERROR, invalid, json, notFound, refuse, SANDBOX_HEADERS } from './answers.ts'
import { arrivingUpload } from './arriving-upload.ts'
import { extensionIn, typeOfExtension, type FetchableFile } from './file-store.ts'
import type { SandboxCall, SandboxState } from './state.ts'
import { brokenOff } from './stream.ts'

const MB = 1024 * 1024
/** Dify's default limits, in bytes, by what the ending says; any other file is limited like a document. */
const LARGEST_BYTES: Record<string, number> = { image: 10 * MB, audio: 50 * MB, video: 100 * MB }
const LARGEST_OTHER_BYTES = 15 * MB

/** POST /files/upload. Any type of file is taken here; a run refuses what its input does not allow. */
export async function uploadRoute({ state, request, fault = {} }: SandboxCall): Promise<Response> {
  if (fault.stream === 'cut-at-once') return brokenOff('')
  if (fault.delayMs !== undefined) await Bun.sleep(fault.delayMs)
  const form = await arrivingUpload(request)
  const [file, ...more] = form?.files ?? []
  if (!file) return refuse({ status: 400, code: 'no_file_uploaded', message: 'Please upload your file.' })
  if (more.length > 0) {
    return refuse({ status: 400, code: 'too_many_files', message: 'Only one file is allowed.' })
  }
  if (file.name === '') {
    const message = 'The specified filename does not exist.'
    return refuse({ status: 400, code: 'filename_not_exists_error', message })
  }
  if (/[/\\]/.test(file.name)) return invalid('Filename contains invalid characters')
  const largest = LARGEST_BYTES[typeOfExtension(extensionIn(file.name))] ?? LARGEST_OTHER_BYTES
  if (file.size > largest) return refuse({ status: 413, code: 'file_too_large' })
  const stored = state.files.add(file, form?.user ?? 'DEFAULT-USER')
  if (fault.losesUpload) state.files.forget(stored.id)
  return fault.stream === 'cut' ? brokenOff('{"id": "') : json(stored, 201)
}

/** GET /files/{id}/file-preview: an uploaded file, by its signed link. undefined: that is no such path. */
function uploadedFile({ files }: SandboxState, url: URL): Response | undefined {
  const id = /^\/files\/([^/]+)\/file-preview$/.exec(url.pathname)?.[1]
  if (id === undefined) return undefined
  const file = files.links.isGood(id, url.searchParams) ? files.fetchable(id) : undefined
  return file ? sent(file, url) : notFound('File not found or signature is invalid')
}

/** GET /files/tools/{id}.{ending}: a file that an app has made, by its signed link. */
function madeFile({ files }: SandboxState, url: URL): Response | undefined {
  const id = /^\/files\/tools\/([^/.]+)\.[^/.]+$/.exec(url.pathname)?.[1]
  if (id === undefined) return undefined
  if (!files.links.isGood(id, url.searchParams)) {
    return refuse({ status: 403, code: 'forbidden', message: 'Invalid request.' })
  }
  const file = files.fetchable(id)
  return file ? sent(file, url) : notFound('file is not found')
}

/** GET below /files. No key is needed: the link is signed. undefined: that is no such path. */
export function fileRoute(state: SandboxState, url: URL): Response | undefined {
  if (!state.server.hasDatabase) return refuse(INTERNAL_ERROR)
  return madeFile(state, url) ?? uploadedFile(state, url)
}

function sent({ name, mimeType, bytes }: FetchableFile, url: URL): Response {
  const isSaved = url.searchParams.get('as_attachment') === 'true'
  const disposition = `attachment; filename*=UTF-8''${encodeURIComponent(name)}`
  const headers = {
    ...SANDBOX_HEADERS,
    'content-type': mimeType,
    ...(isSaved && { 'content-disposition': disposition }),
  }
  return new Response(bytes.slice(), { headers })
}
