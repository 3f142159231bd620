import { safeName } from '../wizard/templates.ts'

const TYPES: Record<string, string> = {
  '.xlsx': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  '.csv': 'text/csv; charset=utf-8',
}

/** A file to keep, never to open in the page: what people and models wrote is nothing of ours. */
export function attachment(
  content: Blob | ReadableStream | null,
  name: string,
  bytes = content instanceof Blob ? content.size : undefined,
): Response {
  const safe = fileName(name)
  const plain = safe.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  return new Response(content, {
    headers: {
      'content-type': TYPES[/\.[a-z]+$/.exec(safe)?.[0] ?? ''] ?? 'application/octet-stream',
      'content-disposition': `attachment; filename="${plain}"; filename*=UTF-8''${encoded(safe)}`,
      'cache-control': 'no-store',
      ...(bytes !== undefined && { 'content-length': String(bytes) }),
    },
  })
}

/** Without folders, control characters, and marks that would show the name’s ending elsewhere than it is. */
function fileName(name: string): string {
  const [, stem = '', ending = ''] = /^([^]*?)((?:\.[a-z]{3,8}){0,2})$/.exec(name) ?? []
  const safe = safeName(stem.replaceAll(BIDI, '').toWellFormed())
  return safe.replaceAll(/\s+/g, ' ').replace(/^[. ]+/, '') + ending
}

const BIDI = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)
}
