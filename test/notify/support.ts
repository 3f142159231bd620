import { createServer, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { readConfig } from '../../src/app/config.ts'
import type { NotifySettings } from '../../src/app/notify-settings.ts'
import { Notifier, type NotifierOptions } from '../../src/notify/notifier.ts'
import { aHand } from '../bots/support/hand.ts'
import { later, tempFolder } from '../support/bot.ts'
import { anOrder, openShelf } from '../support/runner-store.ts'
import type { NotifyChoice } from '../../src/engine/notify.ts'

export const SECRET = `whsec_${Buffer.from('a secret of twenty-four bytes or more').toString('base64')}`

export interface Received {
  method: string
  headers: IncomingHttpHeaders
  body: string
}

/** A program that gets webhooks: answers with these statuses in turn, then 200. */
export async function aReceiver(...statuses: number[]) {
  const received: Received[] = []
  const headers: Record<string, string> = {}
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      received.push({
        method: request.method ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString(),
      })
      response.writeHead(statuses.shift() ?? 200, headers).end('ignored')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  later(() => new Promise((resolve) => server.close(resolve)))
  const address = server.address()
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0
  return { received, headers, host: `127.0.0.1:${port}`, url: `http://127.0.0.1:${port}/hook?key=hidden` }
}

/** A task of four rows, about to end, and a notifier that a test runs step by step. */
export async function aNotified(env: Record<string, string>, choice?: NotifyChoice) {
  const shelf = await openShelf()
  later(() => shelf.db.destroy())
  const hand = aHand(shelf.db, shelf.clock)
  const order = anOrder(shelf.workflow, 4, { parameters: { name: 'products-q3' } })
  const { id } = await shelf.engine.submit({ ...order, ...(choice && { notify: choice }) })
  const task = await hand.shelf.take(id)
  if (!task) throw new Error('not taken')
  const folder = tempFolder()
  const faults: unknown[] = []
  const counted: string[] = []
  const settings: NotifySettings = readConfig(env).notify
  const options: NotifierOptions = {
    db: shelf.db,
    clock: shelf.clock,
    settings,
    random: () => 0.5,
    taskJson: (of) => Promise.resolve({ task_id: of.id, status: of.status, at: shelf.clock.now() }),
    withResult: async (of, use) => {
      const path = join(folder, 'result.xlsx')
      await Bun.write(path, `result of ${of.id}`)
      return use({ name: 'products-q3.results.xlsx', path })
    },
    emailOf: (of) =>
      Promise.resolve({ subject: `${of.name} is done`, text: '4 done', html: '<p>4 done</p>' }),
    counted: (channel, result) => counted.push(`${channel} ${result}`),
    onFault: (fault) => faults.push(fault),
  }
  const notifier = () => new Notifier(options)
  const complete = async () => {
    await hand.settle(task, 4)
    await hand.shelf.complete(task)
  }
  const rows = () =>
    shelf.db.selectFrom('notifications').selectAll().orderBy('channel').orderBy('target').execute()
  const log = async () =>
    (
      await shelf.db
        .selectFrom('execution_logs')
        .select(['event', 'message'])
        .where('event', 'like', '%notif%')
        .execute()
    ).map(({ event, message }) => `${event} ${message}`)
  /** what is due now is tried by a process of its own */
  const send = () => notifier().sendDue()
  return { ...shelf, hand, task, options, notifier, send, complete, rows, log, faults, counted }
}
