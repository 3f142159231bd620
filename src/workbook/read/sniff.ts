import { FileRefusal } from './refusal.ts'
import { CONTROL, utf16WithoutMark } from './utf16.ts'

/** `cfb`: the container of .xls, and of encrypted files; `biff`: the records of an .xls without one */
export type Kind = 'zip' | 'cfb' | 'biff' | 'xml-2003' | 'flat-ods' | 'html-table' | 'text'

const SIGNATURES = [
  ['zip', [0x50, 0x4b, 0x03, 0x04]],
  ['cfb', [0xd0, 0xcf, 0x11, 0xe0]],
  ['document', [0x25, 0x50, 0x44, 0x46]], // PDF
  ['document', [0x7b, 0x5c, 0x72, 0x74, 0x66]], // RTF
] as const

/**
 * Detects the format from the bytes, whatever the file’s name.
 * @throws FileRefusal for everything that is no kind of workbook
 */
export function sniff(bytes: Uint8Array, fileName: string): Kind {
  if (bytes.length === 0) throw new FileRefusal('empty')
  const kind = SIGNATURES.find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0]
  if (kind === 'document') throw new FileRefusal('document')
  if (kind === 'cfb' || isBiff(bytes)) return kind ?? 'biff'
  if (kind === 'zip') return 'zip'
  const head = textHead(bytes)
  if (head === undefined) throw new FileRefusal(/\.xls[xm]$/i.test(fileName) ? 'corrupt' : 'other')
  const start = head.trimStart().toLowerCase()
  if (start.startsWith('<')) {
    const found = markup(start, fileName)
    if (found) return found
  }
  if (/\.(xls[xmb]?|ods|xlt[xm]?)$/i.test(fileName)) throw new FileRefusal('text')
  return 'text'
}

/** What a text that begins with a tag is; undefined for none of these. */
function markup(start: string, fileName: string): Kind | undefined {
  if (/^(<\?xml|<workbook|<ss:workbook)/.test(start) && start.includes(XML_2003)) return 'xml-2003'
  if (start.startsWith('<?xml') && start.includes(FLAT_ODS)) return 'flat-ods'
  if (
    /^(<!doctype html|<!--|<html|<head|<body|<table|<meta|<div|<style)/.test(start) ||
    /^<\?xml[^]*<html/.test(start)
  ) {
    // A sign-in page that came instead of a workbook is called .xlsx: it is none, whatever tables it has.
    if (!/\.xls$/i.test(fileName)) throw new FileRefusal('html')
    return 'html-table'
  }
  if (start.startsWith('<?xml')) throw new FileRefusal('xml-spreadsheet')
  return undefined
}

const XML_2003 = 'urn:schemas-microsoft-com:office:spreadsheet'
const FLAT_ODS = 'office:mimetype="application/vnd.oasis.opendocument.spreadsheet'

/** The first record of an .xls, which before Excel 5 had no container. */
function isBiff(bytes: Uint8Array): boolean {
  const [low, high, size, sizeHigh] = bytes
  return (
    low === 9 && [0, 2, 4, 8].includes(high ?? -1) && (size ?? 0) >= 4 && (size ?? 0) <= 16 && sizeHigh === 0
  )
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
