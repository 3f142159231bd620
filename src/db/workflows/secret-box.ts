import { say } from '../../engine/sentence.ts'
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { UserError } from '../../engine/user-error.ts'

/** Encrypts what a copy of the database must not reveal: AES-256-GCM, with a new nonce each time. */
export interface SecretBox {
  seal(plain: string): string
  /** @throws UserError when it was sealed with another key or tampered with */
  open(sealed: string): string
  /** A keyed hash, to find a secret without decrypting it. */
  hash(plain: string): string
  /** The same with each key that it has, its own first. */
  hashes(plain: string): string[]
}

const VERSION = 'v1'
const NONCE_BYTES = 12
const TAG_BYTES = 16

/**
 * @param secret any text of 16 characters or more; the keys are derived from it (HKDF-SHA256)
 * @param other opens what this one has sealed, too: the key of before, or the next one
 */
export function createSecretBox(secret: string, other?: string): SecretBox {
  const second = other === undefined ? undefined : createSecretBox(other)
  const derive = (purpose: string) => new Uint8Array(hkdfSync('sha256', secret, '', `rowbot ${purpose}`, 32))
  const sealKey = derive('seal')
  const hashKey = derive('hash')

  const hash = (plain: string) => createHmac('sha256', hashKey).update(plain).digest('hex')

  return {
    seal(plain) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', sealKey, nonce)
      const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return `${VERSION}.${Buffer.concat([nonce, body, cipher.getAuthTag()]).toString('base64url')}`
    },

    open(sealed) {
      const [version, text] = sealed.split('.')
      const bytes = Buffer.from(text ?? '', 'base64url')
      try {
        if (version !== VERSION) throw new Error('unknown version')
        const decipher = createDecipheriv('aes-256-gcm', sealKey, bytes.subarray(0, NONCE_BYTES))
        decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
        const body = bytes.subarray(NONCE_BYTES, -TAG_BYTES)
        return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
      } catch {
        if (second) return second.open(sealed)
        throw new UserError(say('key-not-decrypted'), say('do-restore-secret-key'))
      }
    },

    hash,
    hashes: (plain) => [hash(plain), ...(second?.hashes(plain) ?? [])],
  }
}
