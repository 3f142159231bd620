import { createPrivateKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { UserError } from '../engine/user-error.ts'

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g

/** What a server is shown that asks who we are. Both are PEM; the key is not encrypted any more. */
export interface ClientCertificate {
  cert: string
  key: string
}

/**
 * The certificates in a file of authorities.
 * @param setting that names the file
 * @throws UserError that says what is wrong with the file
 */
export function readAuthorities(path: string, setting: string): string[] {
  const found = [...read(path, setting).toString('latin1').matchAll(CERTIFICATE)].map(([pem]) => pem)
  if (found.length === 0)
    throw new UserError(
      `${setting} is ${path}, in which there is no certificate as PEM (“-----BEGIN CERTIFICATE-----”).`,
      `If it is in another form: openssl x509 -inform der -in ${path} -out ca.pem`,
    )
  for (const pem of found) requireCertificate(pem, path, setting)
  return found
}

/**
 * @throws UserError that says what is wrong with the files, and never what is in them
 */
export function readClientCertificate(
  certPath: string,
  keyPath: string,
  password: string | undefined,
): ClientCertificate {
  const certs = readAuthorities(certPath, 'ROWBOT_TLS_CERT')
  const pem = read(keyPath, 'ROWBOT_TLS_KEY')
  const key = privateKeyOf(pem, keyPath, password)
  const [own = ''] = certs
  if (!new X509Certificate(own).checkPrivateKey(key))
    throw new UserError(
      `The key in ${keyPath} is not that of the first certificate in ${certPath}.`,
      'Set ROWBOT_TLS_CERT and ROWBOT_TLS_KEY to files that belong together; the client’s own certificate comes first.',
    )
  return { cert: certs.join('\n'), key: key.export({ type: 'pkcs8', format: 'pem' }) }
}

function privateKeyOf(key: Buffer, path: string, passphrase: string | undefined) {
  try {
    return createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
  } catch {
    const isLocked = /ENCRYPTED/.test(key.toString('latin1'))
    throw new UserError(
      isLocked
        ? `The key in ${path} is encrypted, and ROWBOT_TLS_KEY_PASSWORD ${passphrase === undefined ? 'is not set' : 'does not open it'}.`
        : `ROWBOT_TLS_KEY is ${path}, in which there is no private key as PEM.`,
      isLocked ? 'Set it to the password of the key.' : 'It begins with “-----BEGIN PRIVATE KEY-----”.',
    )
  }
}

function requireCertificate(pem: string, path: string, setting: string): void {
  try {
    void new X509Certificate(pem)
  } catch {
    throw new UserError(
      `${setting} is ${path}, in which a certificate is damaged.`,
      'Copy the file again, whole.',
    )
  }
}

function read(path: string, setting: string): Buffer {
  try {
    return readFileSync(path)
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unknown fault'
    throw new UserError(
      `${setting} is ${path}, which cannot be read (${code}).`,
      'Give the whole path of the file, and let the user that runs Rowbot read it.',
    )
  }
}
