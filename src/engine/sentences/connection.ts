const TRUST = 'Start Rowbot with NODE_EXTRA_CA_CERTS naming the file of its authority'

/** When the network between Rowbot and Dify is to blame. */
export const CONNECTION = {
  /** `says` is one of those below, without a full stop; `code` is the system's, such as ECONNREFUSED */
  'not-sent': ({ says, code }: { says: string; code: string }) => `${says} (${code}).`,
  'net-refused': () => 'The Dify server does not take connections',
  'net-unknown-name': () => 'The name of the Dify server is not known',
  'net-name-later': () => 'The name of the Dify server cannot be looked up now',
  'net-no-way': () => 'There is no way to the Dify server',
  'net-no-network': () => 'There is no network to the Dify server',
  'net-no-answer': () => 'The Dify server does not answer the knock',
  'tls-expired': () => 'The certificate of the Dify server has expired',
  'tls-self-signed': () => `The certificate of the Dify server is signed by itself. ${TRUST}`,
  'tls-own-authority': () =>
    `The certificate of the Dify server is signed by an authority of its own. ${TRUST}`,
  'tls-unverified': () => `The certificate of the Dify server cannot be verified. ${TRUST}`,
  'tls-other-name': () => 'The certificate is not one for the Dify server’s name',
  'tls-broken': () => 'The Dify server does not speak TLS as it should',

  'no-answer-within': ({ seconds }: { seconds: number }) => `Dify gave no answer within ${seconds} s.`,
  'connection-broke': () => 'The connection to Dify broke.',
  'connection-broke-because': ({ why }: { why: string }) => `The connection to Dify broke (${why}).`,
  'call-given-up': () => 'The call was given up before Dify had finished.',
} as const
