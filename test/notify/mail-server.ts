import { SMTPServer } from 'smtp-server'
import { later } from '../support/bot.ts'
import type { Certificate } from '../support/net/certificates.ts'

/** A mail server: `refuse` by recipient. @param tls with which it speaks from the first byte; default: not at all */
export async function aMailServer(
  refuse: Record<string, { code: number; text: string }> = {},
  tls?: Certificate,
) {
  const mails: { from: string; to: string[]; raw: string }[] = []
  const server = new SMTPServer({
    hideSTARTTLS: true,
    ...(tls && { ...tls, secure: true }),
    allowInsecureAuth: true,
    authOptional: false,
    onAuth({ username, password }, _session, done) {
      if (username === 'bot' && password === 'pass') return done(null, { user: username })
      return done(Object.assign(new Error('no'), { responseCode: 535 }))
    },
    onRcptTo({ address }, _session, done) {
      const refusal = refuse[address]
      return done(refusal ? Object.assign(new Error(refusal.text), { responseCode: refusal.code }) : null)
    },
    onData(stream, { envelope }, done) {
      const parts: Buffer[] = []
      stream.on('data', (part: Buffer) => parts.push(part))
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        mails.push({
          from,
          to: envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(parts).toString(),
        })
        done()
      })
    },
  })
  server.on('error', () => {}) // a client that breaks off
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  later(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const address = server.server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  return { mails, url: `${tls ? 'smtps' : 'smtp'}://bot:pass@127.0.0.1:${port}`, port }
}
