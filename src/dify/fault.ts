import type { Outcome } from '../engine/outcome.ts'
import { quote } from './server-text.ts'

const TRUST = 'Start Rowbot with NODE_EXTRA_CA_CERTS naming the file of its authority'

/** By these codes we know that not one byte of the call reached Dify. Any other may have come after the run began. */
const NEVER_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'The Dify server does not take connections',
  ENOTFOUND: 'The name of the Dify server is not known',
  EAI_AGAIN: 'The name of the Dify server cannot be looked up now',
  EHOSTUNREACH: 'There is no way to the Dify server',
  ENETUNREACH: 'There is no network to the Dify server',
  UND_ERR_CONNECT_TIMEOUT: 'The Dify server does not answer the knock',
  CERT_HAS_EXPIRED: 'The certificate of the Dify server has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: `The certificate of the Dify server is signed by itself. ${TRUST}`,
  SELF_SIGNED_CERT_IN_CHAIN: `The certificate of the Dify server is signed by an authority of its own. ${TRUST}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `The certificate of the Dify server cannot be verified. ${TRUST}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `The certificate of the Dify server cannot be verified. ${TRUST}`,
  ERR_TLS_CERT_ALTNAME_INVALID: 'The certificate is not one for the Dify server’s name',
}

/** What an error of the connection means for the row whose call it ended. */
export function outcomeOfFault(fault: unknown): Outcome {
  const { code, syscall, message } = factsOf(fault)
  if (code !== undefined && neverSent(code, syscall)) {
    const says = NEVER_SENT[code] ?? 'The Dify server does not speak TLS as it should'
    return { kind: 'throttled', error: `${says} (${code}).`, slow: false }
  }
  return { kind: 'lost', error: `The connection to Dify broke (${quote(code ?? message)}).` }
}

/** What became of a call whose signal was aborted: its time was up, or a person stopped it. */
export function outcomeOfAbort(): Outcome {
  return { kind: 'lost', error: 'The call was given up before Dify had finished.' }
}

function neverSent(code: string, syscall: string | undefined): boolean {
  // ERR_SSL_…: the handshake failed, and the call is only written once it has succeeded.
  return (
    Object.hasOwn(NEVER_SENT, code) ||
    code.startsWith('ERR_SSL_') ||
    (code === 'ETIMEDOUT' && syscall === 'connect')
  )
}

function factsOf(fault: unknown): { code?: string; syscall?: string; message: string } {
  if (!(fault instanceof Error)) return { message: 'unknown reason' }
  const { code, syscall } = fault as { code?: unknown; syscall?: unknown } // Node adds them to its errors
  return {
    message: fault.message,
    ...(typeof code === 'string' && { code }),
    ...(typeof syscall === 'string' && { syscall }),
  }
}
