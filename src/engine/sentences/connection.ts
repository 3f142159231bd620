const TRUST = 'Set ROWBOT_CA_FILE to the file of its authority'

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

  // on the way to any server; `proxy` is its address without a password, and the setting that names it
  'proxy-wants-password': ({ proxy }: { proxy: string }) =>
    `The proxy (${proxy}) asks for a user name and a password. Put them into the setting: http://user:password@proxy:3128`,
  'proxy-refuses-password': ({ proxy }: { proxy: string }) =>
    `The proxy (${proxy}) does not accept its user name and password`,
  'proxy-forbids': ({ proxy, host }: { proxy: string; host: string }) =>
    `The proxy (${proxy}) does not let this machine reach ${host}. Let it, or name the host in NO_PROXY`,
  'proxy-cannot-reach': ({ proxy, host }: { proxy: string; host: string }) =>
    `The proxy (${proxy}) cannot reach ${host}`,
  'proxy-dead': ({ proxy }: { proxy: string }) =>
    `The proxy (${proxy}) does not answer. Is its address right, and is it running?`,
  'tls-untrusted': ({ host }: { host: string }) =>
    `The certificate of ${host} is signed by an authority that is not known here. ${TRUST}`,
  'tls-expired-at': ({ host }: { host: string }) => `The certificate of ${host} has expired`,
  'tls-not-for': ({ host }: { host: string }) => `The certificate that ${host} shows is for another name`,
  'tls-wants-certificate': ({ host }: { host: string }) =>
    `${host} wants a client certificate, or does not accept ours. See ROWBOT_TLS_CERT and ROWBOT_TLS_HOSTS`,

  'no-answer-within': ({ seconds }: { seconds: number }) => `Dify gave no answer within ${seconds} s.`,
  'connection-broke': () => 'The connection to Dify broke.',
  'connection-broke-because': ({ why }: { why: string }) => `The connection to Dify broke (${why}).`,
  'call-given-up': () => 'The call was given up before Dify had finished.',
} as const
