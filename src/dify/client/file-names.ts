/** By file ending, for servers that send no type. Dify refuses a part without one. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  pdf: 'application/pdf',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  json: 'application/json',
  xml: 'application/xml',
  htm: 'text/html',
  rtf: 'application/rtf',
  eml: 'message/rfc822',
  msg: 'application/vnd.ms-outlook',
  ppt: 'application/vnd.ms-powerpoint',
  zip: 'application/zip',
  doc: 'application/msword',
  docx: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
  xls: 'application/vnd.ms-excel',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  pptx: 'application/vnd.openxmlformats-officedocument.presentationml.presentation',
  epub: 'application/epub+zip',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  svg: 'image/svg+xml',
  bmp: 'image/bmp',
  tif: 'image/tiff',
  tiff: 'image/tiff',
  heic: 'image/heic',
  avif: 'image/avif',
  ogg: 'audio/ogg',
  flac: 'audio/flac',
  aac: 'audio/aac',
  amr: 'audio/amr',
  mpga: 'audio/mpeg',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  wav: 'audio/wav',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  webm: 'video/webm',
}
const UNKNOWN_TYPE = 'application/octet-stream'

/** The type that the server sends, or the type of the file's ending if the server's says nothing. */
export function mimeTypeOf(name: string, contentType: string | undefined): string {
  const said = contentType?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (/^[\w.+-]+\/[\w.+-]+$/.test(said) && said !== UNKNOWN_TYPE) return said
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? ''
  return MIME_TYPES[ending] ?? UNKNOWN_TYPE
}

/** The name from the server, else the last part of the address. */
export function nameOfFile(url: string, contentDisposition: string | undefined): string {
  const extended = /filename\*=(?:UTF-8|utf-8)''([^;]+)/.exec(contentDisposition ?? '')?.[1]
  const plain = /filename="?([^";]+)"?/.exec(contentDisposition ?? '')?.[1]
  const last = new URL(url).pathname.split('/').at(-1)
  const name = decoded(extended ?? plain ?? last ?? '')
  return name.replaceAll(/[\\/]|\p{Cc}/gu, '_').trim() || 'file'
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** Dify shortens longer names by itself, but cuts them at their first dot. */
const LONGEST_NAME = 200

/** A name that Dify accepts: it refuses one with any of these characters. The ending stays. */
export function nameForDify(name: string): string {
  const clean = name.replaceAll(/[\\/:*?"<>|]|\p{Cc}/gu, '_').trim() || 'file'
  const points = Array.from(clean)
  if (points.length <= LONGEST_NAME) return clean
  const ending = Array.from(/\.[^.]{1,20}$/.exec(clean)?.[0] ?? '')
  return [...points.slice(0, LONGEST_NAME - ending.length), ...ending].join('')
}

/** What kind of file an ending stands for; undefined: none of these. */
export function mediaOf(ending: string): 'image' | 'audio' | 'video' | undefined {
  const media = MIME_TYPES[ending]?.split('/')[0]
  return media === 'image' || media === 'audio' || media === 'video' ? media : undefined
}
