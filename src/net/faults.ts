import { type Coded, inEnglish, say } from '../engine/sentence.ts'
import type { Proxy } from './proxy.ts'

/**
 * A proxy, or a certificate, is to blame: nothing of the request has reached its server. `says` is without a full stop, and
 * has no password in it.
 */
export class NetworkFault extends Error {
  constructor(
    readonly says: Coded,
    readonly code: string,
    options?: ErrorOptions,
  ) {
    super(inEnglish(says), options)
    this.name = 'NetworkFault'
  }
}

/** What a proxy’s refusal of a tunnel means. @param host that was to be reached, with its port */
export function refusedBy(
  { shown, setting, authorization }: Proxy,
  status: number,
  host: string,
): NetworkFault {
  const proxy = `${shown}, ${setting}`
  const code = `HTTP ${status}`
  if (status === 407) {
    const says =
      authorization === undefined
        ? say('proxy-wants-password', { proxy })
        : say('proxy-refuses-password', { proxy })
    return new NetworkFault(says, code)
  }
  if (status === 403) return new NetworkFault(say('proxy-forbids', { proxy, host }), code)
  return new NetworkFault(say('proxy-cannot-reach', { proxy, host }), code)
}

/** The proxy itself cannot be reached, or hangs up. */
export function proxyDead({ shown, setting }: Proxy, code: string, cause?: unknown): NetworkFault {
  return new NetworkFault(say('proxy-dead', { proxy: `${shown}, ${setting}` }), code, { cause })
}

const UNTRUSTED = new Set([
  'CERT_SIGNATURE_FAILURE', // there is one of that name, with another key
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
])
/** What a TLS library says in place of a code, where it says no code. */
const UNTRUSTED_WORDS =
  /unable to (?:verify the first certificate|get (?:local )?issuer certificate)|self[- ]signed certificate/i
const WANTS_CERTIFICATE = /CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|BAD_CERTIFICATE|UNKNOWN_CA/i

/** What a fault of TLS means, if it is one that a setting helps against. */
export function tlsFault(code: string | undefined, message: string, host: string): NetworkFault | undefined {
  if ((code !== undefined && UNTRUSTED.has(code)) || UNTRUSTED_WORDS.test(message))
    return new NetworkFault(say('tls-untrusted', { host }), code ?? 'UNTRUSTED')
  if (code === 'CERT_HAS_EXPIRED') return new NetworkFault(say('tls-expired-at', { host }), code)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return new NetworkFault(say('tls-not-for', { host }), code)
  if (code !== undefined && WANTS_CERTIFICATE.test(code))
    return new NetworkFault(say('tls-wants-certificate', { host }), code)
  return undefined
}

/** The code that the system, or Bun, has given a fault. */
export function systemCode(fault: unknown): string | undefined {
  return fault instanceof Error && 'code' in fault && typeof fault.code === 'string' ? fault.code : undefined
}
