/**
 * UTF-16 without a byte order mark: commas, line ends and Latin letters have a zero byte, always on the same side.
 * @param head the first bytes of a file
 */
export function utf16WithoutMark(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const even = head.subarray(0, head.length - (head.length % 2))
  const zeros = [0, 0]
  let ascii = true
  even.forEach((byte, i) => {
    if (byte === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1
    if (byte > 0x7f) ascii = false
  })
  const [high = 0, low = 0] = zeros
  // Where everything is ASCII, half of the bytes are zero. Other scripts have fewer: those of their commas and digits.
  const enough = ascii ? even.length / 4 : Math.max(2, even.length / 64)
  if (high + low < enough || Math.min(high, low) * 4 > Math.max(high, low)) return undefined
  const label = high > low ? 'utf-16be' : 'utf-16le'
  // The last character may be cut in two.
  const text = new TextDecoder(label).decode(even).replace(/\ufffd$/, '')
  return CONTROL.test(text) || text.includes('\ufffd') || !/[\n\r,;\t]/.test(text) ? undefined : label
}

/** Characters that do not occur in text files: control characters except tab, line ends, form feed, ^Z and escape. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for
export const CONTROL = /[\u0000-\u0008\u000e-\u0019\u001c-\u001f]/
