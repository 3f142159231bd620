import { describe, expect, test } from 'bun:test'
import { eventStream } from '../../../src/admin/api/events.ts'
import { TaskStreams, POLL_EVERY_MS, type Follower } from '../../../src/admin/api/task-streams.ts'
import { FakeClock } from '../../support/fake-clock.ts'
import { until } from '../../support/bot.ts'
import { aProgram } from './support/program.ts'

/** What a stream has said so far, and whether it is over. */
function listen(response: Response) {
  const heard = { text: '', isOver: false }
  const reader = response.body?.getReader()
  if (!reader) throw new Error('no stream')
  const read = async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      heard.text += new TextDecoder().decode(value)
    }
    heard.isOver = true
  }
  void read()
  return { heard, leave: () => reader.cancel() }
}

describe('a stream of events', () => {
  test('tells how a task stands as it changes, its end, and closes', async () => {
    const { call, submit, ask } = await aProgram({ runs: false })
    const { id } = await submit(2)
    const { heard } = listen(await call(`/api/batch/${id}/events`))
    await until(
      () => heard.text,
      (text) => text.includes('"status":"pending"'),
    )
    await ask('POST', `/api/batch/${id}/stop`)
    await until(() => heard.isOver, Boolean)
    const events = heard.text.split('\n\n').filter(Boolean)
    expect(events[0]).toBe('retry: 2000')
    expect(events.slice(1).map((event) => /event: (\w+)/.exec(event)?.[1])).toEqual([
      'progress',
      'progress',
      'end',
    ])
    const { json } = await ask('GET', `/api/batch/${id}/status`)
    expect(JSON.parse(events.at(-1)?.split('data: ')[1] ?? '')).toEqual(json)
  })

  test('of a task that is over says so at once; who has heard that is told that there is nothing more', async () => {
    const { call, submit, ask } = await aProgram({ runs: false })
    const { id } = await submit(2)
    await ask('POST', `/api/batch/${id}/stop`)
    const first = await call(`/api/batch/${id}/events`, { headers: { 'last-event-id': 'nonsense' } })
    expect(first.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    const heard = endIn(await first.text())
    const again = await call(`/api/batch/${id}/events`, { headers: { 'last-event-id': heard } })
    expect(again.status).toBe(204)
  })

  test('of a task that went on and is over again says so to who has only heard of its first end', async () => {
    const { call, submit, ask } = await aProgram({ runs: false })
    const { id } = await submit(2)
    await ask('POST', `/api/batch/${id}/stop`)
    const heard = endIn(await (await call(`/api/batch/${id}/events`)).text())
    for (const act of ['resume', 'stop']) await ask('POST', `/api/batch/${id}/${act}`)
    const again = await call(`/api/batch/${id}/events`, { headers: { 'last-event-id': heard } })
    expect(again.status).toBe(200)
    expect(endIn(await again.text())).not.toBe(heard)
  })

  test('of a task that is deleted ends with null, and there is none of an unknown one', async () => {
    const { call, submit, ask } = await aProgram({ runs: false })
    const { id } = await submit(2)
    await ask('POST', `/api/batch/${id}/pause`)
    const { heard } = listen(await call(`/api/batch/${id}/events`))
    await until(
      () => heard.text,
      (text) => text.includes('paused'),
    )
    await ask('DELETE', `/api/batch/${id}`)
    await until(() => heard.isOver, Boolean)
    expect(heard.text).toEndWith('event: end\ndata: null\n\n')
    expect((await call('/api/batch/none/events')).status).toBe(404)
  })

  test('ends when its reader leaves', async () => {
    const { call, submit } = await aProgram({ runs: false })
    const { id } = await submit(2)
    const gone = new AbortController()
    const { heard } = listen(await call(`/api/batch/${id}/events`, { signal: gone.signal }))
    await until(
      () => heard.text,
      (text) => text.includes('pending'),
    )
    gone.abort()
    await until(() => heard.isOver, Boolean)
    expect(heard.text).not.toContain('event: end')
  })
})

describe('whoever follows is let go', () => {
  function aStream() {
    const draining = new AbortController()
    let followers = 0
    const response = eventStream({
      follow: (follower) => {
        followers++
        follower.progress('{}')
        return () => followers--
      },
      signals: [draining.signal, undefined],
    })
    return { ...listen(response), draining, followers: () => followers }
  }

  test('when the page closes, without an end that it was not', async () => {
    const { heard, draining, followers } = aStream()
    await until(
      () => heard.text,
      (text) => text.includes('progress'),
    )
    expect(followers()).toBe(1)
    draining.abort()
    await until(() => heard.isOver, Boolean)
    expect([followers(), heard.text]).toEqual([0, expect.not.stringContaining('event: end')])
  })

  test('and whoever does not read is kept one ping and one end, however many there were', async () => {
    let told: Follower | undefined
    const response = eventStream({ follow: (follower) => ((told = follower), () => {}), signals: [] })
    for (let i = 0; i < 100; i++) told?.ping()
    for (let i = 0; i < 100; i++) told?.end({ json: '{}', id: 'end-1' })
    expect(await response.text()).toBe('retry: 2000\n\n: ping\n\nid: end-1\nevent: end\ndata: {}\n\n')
  })

  test('when the connection is gone', async () => {
    const { heard, leave, followers } = aStream()
    await until(
      () => heard.text,
      (text) => text.includes('progress'),
    )
    await leave()
    expect(followers()).toBe(0)
  })
})

describe('two hundred who follow one task', () => {
  function someFollowers(count: number) {
    const clock = new FakeClock()
    const looks: string[] = []
    let told = 'first'
    let isOver = false
    const streams = new TaskStreams({
      clock,
      onFault: () => {},
      read: (id) => {
        looks.push(id)
        return Promise.resolve({ json: told, endId: isOver ? 'end-1' : undefined })
      },
    })
    const heard: string[][] = []
    const leave = Array.from({ length: count }, (_, i) => {
      const own: string[] = (heard[i] = [])
      const follower: Follower = {
        progress: (text) => own.push(text),
        ping: () => own.push('ping'),
        end: (last) => own.push(`end ${last?.json}`),
      }
      return streams.follow('k7f2', follower)
    })
    const tick = async () => {
      await clock.pass(POLL_EVERY_MS)
    }
    const change = (text: string, over = false) => {
      told = text
      isOver = over
    }
    return { streams, looks, heard, leave, tick, change }
  }

  test('cost one look each second and a quarter, and all hear the same', async () => {
    const { streams, looks, heard, leave, tick, change } = someFollowers(200)
    await Bun.sleep(0)
    await tick()
    change('second')
    await tick()
    change('third', true)
    await tick()
    expect(looks).toHaveLength(4)
    expect(heard).toHaveLength(200)
    expect(new Set(heard.map(String))).toEqual(new Set(['first,second,third,end third']))
    for (const one of leave) one()
    await tick()
    expect(looks).toHaveLength(4)
    expect(streams.size).toBe(0)
  })

  test('are pinged every ten seconds in which nothing changes', async () => {
    const { heard, tick } = someFollowers(1)
    await Bun.sleep(0)
    for (let i = 0; i < 17; i++) await tick()
    expect(heard[0]).toEqual(['first', 'ping', 'ping'])
  })
})

/** The id of the event that ends a stream. */
function endIn(events: string): string {
  return /id: (\S+)\nevent: end\n/.exec(events)?.[1] ?? ''
}
