import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'

/*
 * How an encrypted text looks in the database. Everything in it that begins with `sealed:` was written by us: a plain text
 * that begins so is marked as plain, so that nobody can forge an encrypted one, or make one that cannot be read.
 *
 *   sealed:1:…  AES-256-GCM with a random nonce: base64 of nonce, body and tag
 *   sealed:2:…  the same with a nonce that is made of the text (HMAC-SHA256): equal texts look equal, where SQL compares them
 *   sealed:0:…  a plain text that begins with `sealed:`
 */
export const SEALED = 'sealed:'
const RANDOM = `${SEALED}1:`
const ALIKE = `${SEALED}2:`
const PLAIN = `${SEALED}0:`

/** Encrypts texts of rows. */
export interface TextSealer {
  /** Another text each time. */
  seal(plain: string): string
  /** The same text for the same one, so that SQL can compare and group. */
  sealAlike(plain: string): string
  /** @throws NotOpened if it was encrypted with another key or changed since */
  open(sealed: string): string
}

/** Encrypted with another data key, or changed since. */
export class NotOpened extends Error {}

export interface TextKeys {
  /** 32 bytes each */
  random: Uint8Array
  alike: Uint8Array
  nonces: Uint8Array
}

const NONCE_BYTES = 12
const TAG_BYTES = 16

export function createTextSealer({ random, alike, nonces }: TextKeys): TextSealer {
  return {
    seal: (plain) => RANDOM + sealed(plain, random, randomBytes(NONCE_BYTES)),
    sealAlike(plain) {
      const nonce = createHmac('sha256', nonces).update(plain, 'utf8').digest().subarray(0, NONCE_BYTES)
      return ALIKE + sealed(plain, alike, nonce)
    },
    open(text) {
      if (text.startsWith(RANDOM)) return opened(text.slice(RANDOM.length), random)
      if (text.startsWith(ALIKE)) return opened(text.slice(ALIKE.length), alike)
      return text
    },
  }
}

/** Whether it is encrypted. */
export function isSealed(text: string): boolean {
  return text.startsWith(RANDOM) || text.startsWith(ALIKE)
}

/** A plain text as it is stored: nothing but one that begins with `sealed:` is changed. */
export function escaped(plain: string): string {
  return plain.startsWith(SEALED) ? PLAIN + plain : plain
}

/** The way back, of a text that is not encrypted. */
export function unescaped(stored: string): string {
  return stored.startsWith(PLAIN) ? stored.slice(PLAIN.length) : stored
}

function sealed(plain: string, key: Uint8Array, nonce: Uint8Array): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce)
  const parts = [nonce, cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()]
  return Buffer.concat(parts).toString('base64')
}

function opened(text: string, key: Uint8Array): string {
  const bytes = Buffer.from(text, 'base64')
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES))
    const body = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES))
    return Buffer.concat([body, decipher.final()]).toString('utf8')
  } catch (fault) {
    throw new NotOpened('an encrypted text cannot be decrypted', { cause: fault })
  }
}
