import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { type PictureSize, pictureSize, pictureSizeOf } from '../../src/files/picture-size.ts'
import { tempFolder } from '../support/bot.ts'

const GIF = Buffer.from('GIF89a\x20\x03\x2c\x01rest', 'latin1')

function png(width: number, height: number): Buffer {
  const head = Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0\0\0\0\0', 'latin1')
  head.writeUInt32BE(width, 16)
  head.writeUInt32BE(height, 20)
  return head
}

/** Beginning, a segment of `before` bytes, tables, and the frame with 640 × 480. */
function jpeg(before: number, frame = 0xc2): Buffer {
  const segment = Buffer.alloc(before + 4, 0xff)
  segment.writeUInt16BE(0xffe1, 0)
  segment.writeUInt16BE(before + 2, 2)
  const tables = Buffer.from([0xff, 0xc4, 0, 4, 9, 9])
  const size = Buffer.from([0xff, 0xff, frame, 0, 17, 8, 0x01, 0xe0, 0x02, 0x80, 3, 0, 0])
  return Buffer.concat([Buffer.from([0xff, 0xd8]), segment, tables, size])
}

test.each<[string, Buffer, PictureSize]>([
  ['PNG', png(120, 60), { kind: 'png', width: 120, height: 60 }],
  ['GIF', GIF, { kind: 'gif', width: 800, height: 300 }],
  ['JPEG', jpeg(20, 0xc0), { kind: 'jpeg', width: 640, height: 480 }],
  ['JPEG with a preview before its size', jpeg(60_000), { kind: 'jpeg', width: 640, height: 480 }],
])('the size of a %s is in its first bytes', (_, head, size) => {
  expect(pictureSize(head)).toEqual(size)
})

test.each<[string, Buffer]>([
  ['another kind', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['nothing', Buffer.alloc(0)],
  ['a PNG that is cut off', png(9, 9).subarray(0, 20)],
  ['a PNG without a width', png(0, 60)],
  ['a PNG that takes gigabytes to draw', png(60_000, 60_000)],
  ['a JPEG whose size does not come', jpeg(60_000).subarray(0, 50_000)],
  ['a JPEG with a hole', Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 2, 0, 0, 0, 0, 0, 0, 0])],
])('%s has no size', (_, head) => {
  expect(pictureSize(head)).toBeUndefined()
})

test('a file that is gone is no picture', async () => {
  const path = join(tempFolder(), 'a.png')
  expect(await pictureSizeOf(path)).toBeUndefined()
  await Bun.write(path, png(3, 2))
  expect(await pictureSizeOf(path)).toEqual({ kind: 'png', width: 3, height: 2 })
})
