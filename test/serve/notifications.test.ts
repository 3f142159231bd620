import { expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import Ajv from 'ajv/dist/2020'
import { z } from 'zod'
import type { OpenApi } from '../../src/admin/api/openapi.ts'
import { notifierOf } from '../../src/serve/notifications.ts'
import { aProgram, formOf, SAMPLE } from '../admin/api/support/program.ts'
import { aMailServer } from '../notify/mail-server.ts'
import { aReceiver, SECRET } from '../notify/support.ts'
import { tempFolder } from '../support/bot.ts'

const STATUS = z.looseObject({
  notifications: z.array(
    z.looseObject({ channel: z.string(), target: z.string(), state: z.string(), tries: z.number() }),
  ),
})

/** A program, a receiver, a mail server and a folder; the task of the sample has ended. */
async function aFinished(notify: Record<string, unknown> = {}, acceptLanguage = 'en') {
  const receiver = await aReceiver()
  const mail = await aMailServer({ 'no@example.com': { code: 550, text: 'No such user' } })
  const folder = tempFolder()
  const program = await aProgram({
    env: {
      ROWBOT_WEBHOOK_SECRET: SECRET,
      ROWBOT_WEBHOOK_HOSTS: receiver.host,
      ROWBOT_SMTP_URL: mail.url,
      ROWBOT_MAIL_FROM: 'Rowbot <rowbot@example.com>',
      ROWBOT_MAIL_DOMAINS: 'example.com',
      ROWBOT_RESULTS_FOLDER: folder,
      ROWBOT_PUBLIC_URL: 'https://rowbot.example.com',
    },
  })
  const upload = await program.ask('POST', '/api/batch/upload', formOf(SAMPLE, 'test_batch_data.xlsx'), {
    headers: { 'accept-language': acceptLanguage },
  })
  const { upload_id } = z.looseObject({ upload_id: z.string() }).parse(upload.json)
  const order = { upload_id, name: 'Q3 <b>&', notify: { webhook: receiver.url, ...notify } }
  const made = await program.execute(order)
  const { task_id: id } = z.looseObject({ task_id: z.string() }).parse(made.json)
  for (let status = ''; status !== 'completed'; { status } = await program.status(id)) await Bun.sleep(5)
  await notifierOf(program.bot).sendDue()
  return { ...program, receiver, mail, folder, id }
}

test('a finished task is sent as the API has it, to a receiver that checks it as the docs say; by e-mail; and to the folder', async () => {
  const { receiver, mail, folder, id, ask } = await aFinished({ email: ['ana@example.com'] })

  const [hook] = receiver.received
  const sent: unknown = JSON.parse(hook?.body ?? '')
  const status = await ask('GET', `/api/batch/${id}/status`)
  const { notifications: _before, ...task } = z
    .looseObject({ task: z.looseObject({ notifications: z.unknown() }) })
    .parse(sent).task
  const { notifications, ...now } = STATUS.parse(status.json)
  expect(task).toEqual(now)
  const document = (await ask('GET', '/docs/openapi.json')).json as OpenApi // what the route answers with
  const ajv = new Ajv({ strict: false, validateFormats: false })
  const schema = { $ref: '#/components/schemas/TaskEnded', components: document.components }
  expect(ajv.validate(schema, sent)).toBe(true)
  expect(document.webhooks['taskEnded']).toBeDefined()

  const isFromRowbot = await checkOfTheDocs()
  const headers = new Headers(
    Object.entries(hook?.headers ?? {}).map(([name, value]): [string, string] => [name, String(value)]),
  )
  expect(isFromRowbot(headers, hook?.body ?? '', SECRET)).toBe(true)
  expect(isFromRowbot(headers, `${hook?.body} `, SECRET)).toBe(false)
  headers.set('webhook-timestamp', '1000')
  expect(isFromRowbot(headers, hook?.body ?? '', SECRET)).toBe(false)

  const raw = unfolded(mail.mails[0]?.raw ?? '')
  expect(raw).toContain('Subject: Q3 <b>& is done')
  expect(raw).toContain('https://rowbot.example.com/batch/')
  expect(raw).toContain('Q3 &lt;b&gt;&amp;')
  expect(raw).toContain('filename=test_batch_data.results.xlsx')

  const [file] = readdirSync(folder)
  expect(file).toBe(`test_batch_data.${id}.results.xlsx`)
  expect(
    readFileSync(join(folder, file ?? ''))
      .subarray(0, 2)
      .toString(),
  ).toBe('PK')
  expect(notifications).toMatchObject([
    { channel: 'email', target: 'ana@example.com', state: 'sent', tries: 1 },
    { channel: 'folder', target: file ?? '', state: 'sent' },
    { channel: 'webhook', target: `http://${receiver.host}`, state: 'sent' },
  ])
})

test('an e-mail is in the language of whoever started the task; the task’s page says what became of it', async () => {
  const { mail, folder, id, browse } = await aFinished(
    { email: ['li@example.com', 'no@example.com'], folder: false },
    'zh-CN',
  )
  const raw = mail.mails.find(({ to }) => to.includes('li@example.com'))?.raw ?? ''
  const subject = /Subject: (.*(?:\r\n .*)*)/.exec(raw)?.[1] ?? ''
  expect(subject).toContain('=?UTF-8?')
  expect(readdirSync(folder)).toEqual([])
  const page = await (await browse(`/batch/${id}`)).text()
  expect(page).toContain('e-mail to li@example.com')
  expect(page).toContain('the mail server answered 550: No such user')
  expect(page).not.toContain('key=hidden')
})

test('what the settings do not allow is refused before anything starts', async () => {
  const program = await aProgram({ runs: false, env: { ROWBOT_WEBHOOK_SECRET: SECRET } })
  const { upload_id } = await program.uploaded()
  const { status, text } = await program.execute({
    upload_id,
    notify: { webhook: 'https://169.254.169.254/latest' },
  })
  expect(status).toBeGreaterThanOrEqual(400)
  expect(text).toContain('Webhooks to 169.254.169.254 are not allowed.')
  expect(await program.bot.db.selectFrom('batch_tasks').select('id').execute()).toEqual([])
})

/** The soft line breaks of quoted-printable. */
function unfolded(raw: string): string {
  return raw.replaceAll('=\r\n', '')
}

type Check = (headers: Headers, body: string, secret: string) => boolean

/** The function in docs/notifications.md, as it stands there. */
async function checkOfTheDocs(): Promise<Check> {
  const docs = readFileSync(join(import.meta.dir, '../../docs/notifications.md'), 'utf8')
  const code = /```ts\n([^]*?)```/.exec(docs)?.[1] ?? ''
  const folder = join(tempFolder(), 'example')
  mkdirSync(folder)
  writeFileSync(join(folder, 'check.ts'), code)
  const module: unknown = await import(join(folder, 'check.ts'))
  return z.object({ isFromRowbot: z.custom<Check>((one) => typeof one === 'function') }).parse(module)
    .isFromRowbot
}
