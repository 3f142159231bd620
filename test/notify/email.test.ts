import { describe, expect, test } from 'bun:test'
import { examineNotifications } from '../../src/notify/doctor.ts'
import { sendEmail } from '../../src/notify/email.ts'
import { aMailServer } from './mail-server.ts'
import { aNotified } from './support.ts'

function env(url: string, more: Record<string, string> = {}) {
  return { ROWBOT_SMTP_URL: url, ROWBOT_MAIL_FROM: 'Rowbot <rowbot@example.com>', ...more }
}

describe('an e-mail', () => {
  test('goes to each address by itself, with the same message id whenever it is sent', async () => {
    const { mails, url } = await aMailServer()
    const { complete, send, rows } = await aNotified(
      env(url, { ROWBOT_MAIL_TO: 'ana@example.com,li@example.com' }),
    )
    await complete()
    await send()
    expect(mails.map(({ to }) => to.join()).toSorted()).toEqual(['ana@example.com', 'li@example.com'])
    expect(mails[0]).toMatchObject({ from: 'rowbot@example.com' })
    expect(mails[0]?.raw).toContain('Subject: products-q3 is done')
    const stored = await rows()
    expect(stored.map(({ state }) => state)).toEqual(['sent', 'sent'])
    for (const { id } of stored) expect(mails.some(({ raw }) => raw.includes(`<${id}@rowbot>`))).toBe(true)
  })

  test('is tried again after a 4xx, and ends with a 5xx, which the log says', async () => {
    const { url } = await aMailServer({
      'full@example.com': { code: 452, text: 'Mailbox full' },
      'gone@example.com': { code: 550, text: 'No such user' },
    })
    const { complete, send, rows, log } = await aNotified(
      env(url, { ROWBOT_MAIL_TO: 'full@example.com,gone@example.com' }),
    )
    await complete()
    await send()
    expect(await rows()).toMatchObject([
      { target: 'full@example.com', state: 'due', tries: 1 },
      { target: 'gone@example.com', state: 'failed', error: 'the mail server answered 550: No such user' },
    ])
    expect(await log()).toContain(
      'task.not-notified email gone@example.com: the mail server answered 550: No such user',
    )
  })

  test('waits for a login that works and for a server that answers; neither fault shows the password', async () => {
    const { port } = await aMailServer()
    const wrong = await aNotified(
      env(`smtp://bot:wrong-word@127.0.0.1:${port}`, { ROWBOT_MAIL_TO: 'a@example.com' }),
    )
    await wrong.complete()
    await wrong.send()
    expect(await wrong.rows()).toMatchObject([
      { state: 'due', error: 'the mail server does not accept the login' },
    ])
    const away = await aNotified(
      env('smtp://bot:wrong-word@127.0.0.1:9', { ROWBOT_MAIL_TO: 'a@example.com' }),
    )
    await away.complete()
    await away.send()
    expect(await away.rows()).toMatchObject([
      { state: 'due', error: 'the mail server cannot be reached (ESOCKET)' },
    ])
  })

  test('takes no header from a task’s name', async () => {
    const { mails, url } = await aMailServer()
    const email = {
      id: 'msg_1',
      from: 'rowbot@example.com',
      to: 'ana@example.com',
      subject: 'q3\r\nBcc: eve@example.com',
      text: 't',
      html: '<p>t</p>',
      attachment: { name: 'a\r\nX-Evil: 1.xlsx', content: new Uint8Array([1]) },
    }
    expect(await sendEmail(url, email, new AbortController().signal)).toEqual({ kind: 'sent' })
    expect(mails[0]?.to).toEqual(['ana@example.com'])
    expect(mails[0]?.raw).not.toMatch(/^Bcc:/im)
    expect(mails[0]?.raw).not.toMatch(/^X-Evil:/im)
  })
})

test('doctor logs in to the mail server, and says if nobody may get an e-mail', async () => {
  const { url, port, mails } = await aMailServer()
  const sentences = async (more: Record<string, string>, at = url) => {
    const { options } = await aNotified(env(at, more))
    return (await examineNotifications(options.settings)).map(({ kind, sentence }) => `${kind} ${sentence}`)
  }
  expect(await sentences({ ROWBOT_MAIL_DOMAINS: 'example.com' })).toEqual([
    `fine The mail server 127.0.0.1:${port} lets Rowbot in; tasks may name addresses at example.com.`,
  ])
  expect(await sentences({})).toEqual([expect.stringMatching(/^bad .*nobody may get an e-mail/)])
  expect(await sentences({}, `smtp://bot:wrong-word@127.0.0.1:${port}`)).toEqual([
    `bad E-mail: the mail server does not accept the login (127.0.0.1:${port}).`,
  ])
  expect(mails).toEqual([])
})
