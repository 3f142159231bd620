import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** A certificate and its key, as PEM. */
export interface Certificate {
  cert: string
  key: string
}

/** Under which name a server of a test is reached, through a proxy that finds it, and what it shows then. */
export interface Shown {
  name: string
  certificate: Certificate
}

const DAY_MS = 86_400_000

/**
 * An authority as companies have one, made on the spot: no certificate lies in the repository that could expire, and no
 * program is needed for it.
 */
export function anAuthority(name = 'Example Company CA') {
  const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const isAuthority = extension('2.5.29.19', true, sequence(tlv(0x01, Buffer.from([0xff]))))
  const cert = signed({
    subject: name,
    issuer: name,
    key: keys.publicKey,
    by: keys.privateKey,
    extensions: [isAuthority],
  })
  return {
    cert,
    /** A certificate for these host names and addresses; for a client its name is enough. */
    issue: (subject: string, hosts: string[] = [], days = 2): Certificate => {
      const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
      const names = hosts.map((host) =>
        isIP(host) === 4
          ? tlv(0x87, Buffer.from(host.split('.').map(Number)))
          : tlv(0x82, Buffer.from(host, 'ascii')),
      )
      const extensions = names.length > 0 ? [extension('2.5.29.17', false, sequence(...names))] : []
      const cert = signed({ subject, issuer: name, key: publicKey, by: keys.privateKey, extensions, days })
      return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
    },
  }
}

interface Facts {
  subject: string
  issuer: string
  key: KeyObject
  by: KeyObject
  extensions: Buffer[]
  /** how long it is valid from now; negative: it has expired */
  days?: number
}

/** X.509 version 3, in DER (RFC 5280), signed with ECDSA and SHA-256. */
function signed({ subject, issuer, key, by, extensions, days = 2 }: Facts): string {
  const now = Date.now()
  const facts = sequence(
    tlv(0xa0, tlv(0x02, Buffer.from([2]))),
    tlv(0x02, Buffer.concat([Buffer.from([0x01]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    sequence(time(now - 3 * DAY_MS), time(now + days * DAY_MS)),
    nameOf(subject),
    key.export({ type: 'spki', format: 'der' }),
    ...(extensions.length > 0 ? [tlv(0xa3, sequence(...extensions))] : []),
  )
  const signature = sign('sha256', facts, by)
  const der = sequence(facts, ECDSA_WITH_SHA256, tlv(0x03, Buffer.concat([Buffer.from([0]), signature])))
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n').trimEnd()
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
}

/** One element of DER: tag, length, value. */
function tlv(tag: number, value: Buffer): Buffer {
  const { length } = value
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), value])
}

function sequence(...parts: Buffer[]): Buffer {
  return tlv(0x30, Buffer.concat(parts))
}

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = rest.flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return tlv(0x06, Buffer.from([first * 40 + second, ...bytes]))
}

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'))

function nameOf(common: string): Buffer {
  return sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from(common)))))
}

function time(ms: number): Buffer {
  const digits = new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return tlv(0x18, Buffer.from(digits))
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return sequence(oid(id), ...(isCritical ? [tlv(0x01, Buffer.from([0xff]))] : []), tlv(0x04, value))
}
