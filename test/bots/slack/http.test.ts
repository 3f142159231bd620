import { expect, test } from 'bun:test'
import { SlackBot } from '../../../src/bots/slack/app.ts'
import { isSignedBySlack, signatureOf } from '../../../src/bots/slack/http.ts'
import { later, until } from '../../support/bot.ts'
import { signedRequest } from '../../support/slack/http-delivery.ts'
import { SlackPerson } from '../../support/slack/person.ts'
import { RecordingDesk } from '../../support/slack/recording-handlers.ts'
import { aSlack, botOptions, Logged } from '../../support/slack/rig.ts'

const SECRET = 'the signing secret'
const JSON_TYPE = 'application/json'
const CHALLENGE = JSON.stringify({ type: 'url_verification', challenge: 'c1' })

async function anHttpBot(signingSecrets = [SECRET]) {
  const slack = await aSlack()
  const log = new Logged()
  // Without an app token, Slack calls us.
  const { appToken: _, ...options } = botOptions(slack, log, { signingSecrets })
  const bot = new SlackBot(options)
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => bot.handle(request) })
  const url = `http://127.0.0.1:${server.port}/slack/events`
  later(() => bot.stop(0))
  later(() => server.stop(true))
  const handlers = new RecordingDesk()
  await bot.start(handlers)
  slack.http = { url, secret: SECRET }
  return { slack, log, bot, desk: handlers, url, mei: new SlackPerson(slack, 'mei') }
}

test('files, commands, clicks and forms come over HTTP just the same', async () => {
  const { desk: handlers, mei } = await anHttpBot()
  handlers.onClick = async (_, __, openForm) =>
    openForm({
      id: 'form',
      title: 'Exact values',
      submit: 'Save',
      fields: [{ type: 'text', id: 'retries', label: 'Retries', value: '2', maxLength: 3 }],
    })
  handlers.errors = { retries: 'No.' }
  await mei.drop(new Uint8Array([1]), 'products.csv')
  await mei.command(mei.channel('merch'), 'status k7f2')
  await mei.newBatch()
  const { response } = await mei.submit(await mei.form(), { retries: '7' })
  expect(response).toEqual({ response_action: 'errors', errors: { retries: 'No.' } })
  await until(
    () => [handlers.received.length, handlers.commands.length, handlers.clicks.length],
    ([received, commands, clicks]) => received === 1 && commands === 1 && clicks === 1,
  )
})

test('what is not signed by Slack is refused', async () => {
  const { url } = await anHttpBot()
  const send = (secret: string) =>
    signedRequest(url, secret, JSON_TYPE, CHALLENGE).then(({ status }) => status)
  expect(await send(SECRET)).toBe(200)
  expect(await send('another secret')).toBe(401)
  expect(await send('')).toBe(401)
  expect((await fetch(url, { method: 'POST', body: CHALLENGE })).status).toBe(401)
  expect((await fetch(url)).status).toBe(405)
})

test('what was signed over five minutes ago, or will be, is refused', async () => {
  const nowMs = 1_795_000_000_500
  const isTaken = (seconds: number) =>
    isSignedBySlack(
      [SECRET],
      new Headers({
        'x-slack-request-timestamp': String(seconds),
        'x-slack-signature': signatureOf(SECRET, String(seconds), CHALLENGE),
      }),
      CHALLENGE,
      nowMs,
    )
  const now = Math.floor(nowMs / 1_000)
  expect([now, now - 299, now + 300].map(isTaken)).toEqual([true, true, true])
  expect([now - 300, now + 301].map(isTaken)).toEqual([false, false])
  const { url } = await anHttpBot()
  const anHourAgo = String(Math.floor(Date.now() / 1_000) - 3_600)
  expect((await signedRequest(url, SECRET, JSON_TYPE, CHALLENGE, anHourAgo)).status).toBe(401)
})

test('no request is signed with an empty secret', async () => {
  const { url } = await anHttpBot([''])
  expect((await signedRequest(url, '', JSON_TYPE, CHALLENGE)).status).toBe(401)
})

test('while one secret replaces another, both are good', async () => {
  const { url } = await anHttpBot(['the new one', SECRET])
  for (const secret of ['the new one', SECRET]) {
    const response = await signedRequest(url, secret, JSON_TYPE, CHALLENGE)
    expect(await response.json()).toEqual({ challenge: 'c1' })
  }
})

test('bodies that are no JSON, too large, or for nobody are refused without harm', async () => {
  const { url } = await anHttpBot()
  expect((await signedRequest(url, SECRET, JSON_TYPE, '{"type":')).status).toBe(400)
  expect((await signedRequest(url, SECRET, JSON_TYPE, 'x'.repeat(1_000_001))).status).toBe(413)
  expect((await signedRequest(url, SECRET, 'application/x-www-form-urlencoded', 'ssl_check=1')).status).toBe(
    200,
  )
})

test('a bot that cannot reach Slack yet asks Slack to come again', async () => {
  const slack = await aSlack()
  const { appToken: _, ...options } = botOptions(slack, new Logged(), {
    signingSecrets: [SECRET],
    pauseMs: 60_000,
  })
  slack.faults.plan('auth.test', { kind: 'down' }, 2)
  const bot = new SlackBot(options)
  later(() => bot.stop(0))
  await bot.start(new RecordingDesk())
  const server = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: (request) => bot.handle(request) })
  later(() => server.stop(true))
  const event = JSON.stringify({ type: 'event_callback', event: { type: 'message' } })
  expect((await signedRequest(`http://127.0.0.1:${server.port}/`, SECRET, JSON_TYPE, event)).status).toBe(503)
})
