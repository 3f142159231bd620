import { crc32, deflateSync } from 'node:zlib'

/** Each digit as five rows of three dots. */
const GLYPHS: Record<string, string> = {
  '0': '111101101101111',
  '1': '010110010010111',
  '2': '111001111100111',
  '3': '111001111001111',
  '4': '101101111001001',
  '5': '111100111001111',
  '6': '111100111101111',
  '7': '111001010010010',
  '8': '111101111101111',
  '9': '111101111001111',
  '.': '000000000000010',
  '-': '000000111000000',
}
const DOT = 4
const MARGIN = 12
const GLYPH_WIDTH = 4 * DOT
const PRICE_HEIGHT = 5 * DOT
const BARS_HEIGHT = 24
const HEIGHT = MARGIN + PRICE_HEIGHT + MARGIN + BARS_HEIGHT + MARGIN
const MIN_WIDTH = 120

/** A PNG: a frame, the price in digits, and below it bars that differ by product. */
export function labelPicture(product: string, price: string): Uint8Array {
  const width = Math.max(MIN_WIDTH, 2 * MARGIN + price.length * GLYPH_WIDTH)
  const bars = [...Buffer.from(product)].flatMap((byte) => [1 + (byte & 3), 1 + ((byte >> 2) & 3)])
  return png(width, HEIGHT, (x, y) => {
    if (x < 2 || y < 2 || x >= width - 2 || y >= HEIGHT - 2) return true
    if (y < MARGIN + PRICE_HEIGHT) return isInPrice(price, x - MARGIN, y - MARGIN)
    const isInBars = y >= HEIGHT - MARGIN - BARS_HEIGHT && y < HEIGHT - MARGIN
    return isInBars && x >= MARGIN && x < width - MARGIN && isBar(bars, x - MARGIN)
  })
}

function isInPrice(price: string, x: number, y: number): boolean {
  if (x < 0 || y < 0) return false
  const column = Math.floor((x % GLYPH_WIDTH) / DOT)
  const glyph = GLYPHS[price.charAt(Math.floor(x / GLYPH_WIDTH))] ?? ''
  return column < 3 && glyph.charAt(Math.floor(y / DOT) * 3 + column) === '1'
}

/** Black and white by turns, as wide as the numbers say. */
function isBar(widths: number[], x: number): boolean {
  let end = 0
  const at = widths.findIndex((width) => {
    end += width
    return x < end
  })
  return at % 2 === 0
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)

/** A grey PNG of eight bits. */
function png(width: number, height: number, isBlack: (x: number, y: number) => boolean): Uint8Array {
  const rows = Buffer.alloc(height * (width + 1)) // each row begins with its filter, 0: none
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = isBlack(x, y) ? 0 : 255
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(type), data])
  const ends = Buffer.alloc(8)
  ends.writeUInt32BE(data.length, 0)
  ends.writeUInt32BE(crc32(content), 4)
  return Buffer.concat([ends.subarray(0, 4), content, ends.subarray(4)])
}
