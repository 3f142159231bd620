import { describe, expect, test } from 'bun:test'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { examineNotifications } from '../../src/notify/doctor.ts'
import { freeName } from '../../src/notify/folder.ts'
import { tempFolder } from '../support/bot.ts'
import { aNotified } from './support.ts'
import { refuseWrites } from '../support/refuse-writes.ts'

describe('the results folder', () => {
  test('gets the result of every task that has one, unless the task says no', async () => {
    const folder = tempFolder()
    const { complete, send, task, rows } = await aNotified({ ROWBOT_RESULTS_FOLDER: folder })
    await complete()
    await send()
    const name = `products-q3.${task.id}.results.xlsx`
    expect(readdirSync(folder)).toEqual([name])
    expect(readFileSync(join(folder, name), 'utf8')).toBe(`result of ${task.id}`)
    expect(await rows()).toMatchObject([{ state: 'sent', content: name }])

    const without = await aNotified({ ROWBOT_RESULTS_FOLDER: folder }, { folder: false })
    await without.complete()
    await without.send()
    const stopped = await aNotified({ ROWBOT_RESULTS_FOLDER: folder })
    await stopped.engine.stop(stopped.task.id, 'mei') // before any row was settled
    await stopped.send()
    expect(readdirSync(folder)).toEqual([name])
  })

  test('keeps what is there: another result gets another name', async () => {
    const folder = tempFolder()
    const { complete, send, task } = await aNotified({ ROWBOT_RESULTS_FOLDER: folder })
    const taken = `products-q3.${task.id}.results.xlsx`
    writeFileSync(join(folder, taken), 'somebody’s')
    await complete()
    await send()
    expect(readdirSync(folder).toSorted()).toEqual(
      [`products-q3.${task.id}-2.results.xlsx`, taken].toSorted(),
    )
    expect(readFileSync(join(folder, taken), 'utf8')).toBe('somebody’s')
  })

  test('is tried again while it is not mounted, and says so', async () => {
    const folder = join(tempFolder(), 'share')
    const { complete, send, rows, clock, task, options } = await aNotified({ ROWBOT_RESULTS_FOLDER: folder })
    await complete()
    await send()
    expect(await rows()).toMatchObject([
      { state: 'due', error: 'the results folder cannot be written (ENOENT)' },
    ])
    expect(await examineNotifications(options.settings)).toMatchObject([{ kind: 'bad' }])
    mkdirSync(folder)
    await clock.pass(6_000)
    await send()
    expect(readdirSync(folder)).toEqual([`products-q3.${task.id}.results.xlsx`])
    expect(await examineNotifications(options.settings)).toMatchObject([{ kind: 'fine' }])
    expect(readdirSync(folder)).toHaveLength(1)
  })

  test('has one file after a crash between the writing and its note', async () => {
    const folder = tempFolder()
    const { db, complete, send, clock, rows } = await aNotified({ ROWBOT_RESULTS_FOLDER: folder })
    await complete()
    const takeAgain = await refuseWrites(db, 'update of state', 'notifications')
    await send()
    expect(readdirSync(folder)).toHaveLength(1)
    await takeAgain()
    await clock.pass(5_000)
    await send()
    expect(readdirSync(folder)).toHaveLength(1)
    expect(await rows()).toMatchObject([{ state: 'sent' }])
  })

  test('gets no name that is too long for a disk', async () => {
    const folder = tempFolder()
    const name = await freeName(folder, `${'价'.repeat(200)}.results.xlsx`, 'k7f2')
    expect(Buffer.byteLength(name)).toBeLessThan(240)
    expect(name).toEndWith('.k7f2.results.xlsx')
    rmSync(folder, { recursive: true })
    expect(await freeName(folder, 'a.results.xlsx', 'k7f2')).toBe('a.k7f2.results.xlsx')
  })
})
