import { FileRefusal } from './refusal.ts'
import { CONTROL, utf16WithoutMark } from './utf16.ts'

export type Kind = 'zip' | 'text'

const SIGNATURES = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['cfb', [0xd0, 0xcf, 0x11, 0xe0]],
  ['document', [0x25, 0x50, 0x44, 0x46]], // PDF
  ['document', [0x7b, 0x5c, 0x72, 0x74, 0x66]], // RTF
] as const

/**
 * Detects the format from the bytes, whatever the file’s name.
 * @throws FileRefusal for everything that is neither an archive nor text
 */
export function sniff(bytes: Uint8Array, fileName: string): Kind {
  if (bytes.length === 0) throw new FileRefusal('empty')
  const kind = SIGNATURES.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0]
  if (kind === 'document') throw new FileRefusal('document')
  if (kind === 'cfb') throw oldOffice(bytes)
  if (kind === 'zip') return 'zip'
  const head = textHead(bytes)
  if (head === undefined) throw new FileRefusal(/\.xls[xm]$/i.test(fileName) ? 'corrupt' : 'other')
  const start = head.trimStart().toLowerCase()
  if (/^(<!doctype html|<!--|<html|<head|<body|<table|<meta|<div)/.test(start)) throw new FileRefusal('html')
  if (start.startsWith('<?xml')) throw new FileRefusal(start.includes('<html') ? 'html' : 'xml-spreadsheet')
  if (/\.(xls[xmb]?|ods|xlt[xm]?)$/i.test(fileName)) throw new FileRefusal('text')
  return 'text'
}

/** A compound file: the container of an encrypted .xlsx, and of the formats of Office 97–2003. */
function oldOffice(bytes: Uint8Array): FileRefusal {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const has = (name: string) => buffer.includes(Buffer.from(name, 'utf16le'))
  if (has('EncryptedPackage') || has('EncryptionInfo')) return new FileRefusal('password')
  if (has('WordDocument') || has('PowerPoint Document')) return new FileRefusal('document')
  return new FileRefusal('xls')
}

function textHead(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 4096)
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
    return new TextDecoder(head[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(head)
  }
  const text = new TextDecoder('latin1').decode(head).replace(/^ï»¿/, '')
  if (!CONTROL.test(text)) return text
  const label = utf16WithoutMark(head)
  return label && new TextDecoder(label).decode(head)
}
