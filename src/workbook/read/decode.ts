import { say } from '../../engine/sentence.ts'
import { UserError } from '../../engine/user-error.ts'

// The `as` here: Bun knows every label of the Encoding Standard; its types list three.

/** @returns undefined where the bytes are not in this encoding */
export function decodeStrictly(label: string, bytes: Uint8Array): string | undefined {
  try {
    return composed(label, new TextDecoder(label as Bun.Encoding, { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** Bytes that the encoding has no character for become U+FFFD. */
export function decodeLossily(label: string, bytes: Uint8Array): string {
  return composed(label, new TextDecoder(label as Bun.Encoding).decode(bytes))
}

/**
 * The Encoding Standard’s own label for what a person calls an encoding: `sjis` is `shift_jis`.
 * @throws UserError if there is no such encoding
 */
export function labelOf(chosen: string): string {
  try {
    return new TextDecoder(chosen.trim() as Bun.Encoding).encoding
  } catch {
    throw new UserError(say('no-such-encoding', { encoding: chosen }), say('do-name-encoding'))
  }
}

/** Windows-1258 has accents as characters of their own, which everything else writes together with their letter. */
function composed(label: string, text: string): string {
  return label === 'windows-1258' ? text.normalize('NFC') : text
}
