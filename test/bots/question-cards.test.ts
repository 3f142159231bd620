import { describe, expect, test } from 'bun:test'
import { insertTaskMessage } from '../../src/db/chats/task-messages.ts'
import { setFormState } from '../../src/db/rows/forms.ts'
import type { RunForm } from '../../src/engine/form.ts'
import { anOrder } from '../support/runner-store.ts'
import { aPerson, PLACE } from '../wizard/support/cast.ts'
import { faultsOfPrompt } from '../wizard/support/within-limits.ts'
import { aDesk } from './support/cast.ts'
import { aHand } from './support/hand.ts'
import { aForm } from './support/questions.ts'

/** Mei’s task, of which rows wait when the test says so. */
async function aTask() {
  const cast = await aDesk()
  const hand = aHand(cast.db, cast.clock)
  const [workflow] = cast.workflows
  if (!workflow) throw new Error('no workflow')
  const { id } = await cast.engine.submit(
    anOrder(workflow, 20, { parameters: { name: 'replies' }, ownerKey: 'slack:T1:U-Mei' }),
  )
  const [owner, place] = [JSON.stringify(aPerson('Mei')), JSON.stringify(PLACE)]
  await insertTaskMessage(cast.db, { taskId: id, owner, place, locale: 'en', message: null })
  const task = await hand.shelf.take(id)
  if (!task) throw new Error('not taken')
  const questions = () => cast.chat.messages.filter(({ prompt }) => /answer/.test(prompt.title))
  return {
    ...cast,
    task,
    questions,
    asks: (more: Partial<RunForm> = {}) => hand.wait(task, aForm(more)),
    /** as when somebody has answered in Dify itself */
    goOn: async () => {
      for (const { id } of await cast.db.selectFrom('forms').select('id').execute())
        await setFormState(cast.db, id, 'elsewhere', ['open'])
    },
  }
}

describe('a question', () => {
  test('that its thread does not take goes to the channel, then to its person', async () => {
    const { asks, reporter, pass, chat, questions } = await aTask()
    chat.gone.add('C1:1.1')
    await asks()
    reporter.start()
    await pass(3_000)
    expect(questions().map(({ place }) => [place.channel, place.thread])).toEqual([['C1', undefined]])
    chat.gone.add('C1')
    await asks()
    await pass(12_000)
    expect(questions().map(({ place }) => place.channel)).toEqual(['C1', 'D-U-Mei'])
  })

  test('that no place takes is listed for its person, and comes when they speak', async () => {
    const { asks, reporter, pass, chat, questions, desk, mei } = await aTask()
    chat.gone.add('C1')
    chat.noDirect = true
    await asks()
    reporter.start()
    await pass(3_000)
    expect(questions()).toEqual([])
    chat.noDirect = false
    await desk.command(mei, 'list', '', () => Promise.resolve())
    expect(chat.told.at(-1)?.text).toContain('replies waits for an answer from you')
    await pass(3_000)
    expect(questions().map(({ place }) => place.channel)).toEqual(['D-U-Mei'])
  })

  test('that found no place while the machine’s clock was hours ahead comes within the hour after it was put back', async () => {
    const { asks, reporter, pass, chat, questions, clock } = await aTask()
    chat.gone.add('C1')
    chat.noDirect = true
    clock.jump(5 * 3_600_000)
    await asks()
    reporter.start()
    await pass(3_000)
    expect(questions()).toEqual([])
    clock.jump(-5 * 3_600_000)
    chat.gone.clear()
    await pass(3_000)
    expect(questions()).toHaveLength(1)
  })

  test('whose message was deleted is posted anew', async () => {
    const { asks, reporter, pass, questions } = await aTask()
    await asks()
    reporter.start()
    await pass(3_000)
    const [first] = questions()
    if (first) first.isDeleted = true
    await asks()
    await pass(12_000)
    expect(questions().map(({ prompt }) => prompt.title)).toEqual([
      'replies: row 2 waits for an answer',
      'replies: 1 of 2 wait for an answer · row 2',
    ])
  })

  test('has a new message only when waiting starts again', async () => {
    const { asks, reporter, pass, questions, goOn } = await aTask()
    await asks()
    reporter.start()
    await pass(3_000)
    await asks()
    await pass(6_000)
    expect(questions()).toHaveLength(1)
    await goOn()
    await pass(6_000)
    expect(questions()[0]?.prompt.title).toBe('replies: 0 answers given')
    await asks()
    await pass(6_000)
    expect(questions().map(({ prompt }) => prompt.title)).toEqual([
      'replies: 0 answers given',
      'replies: row 4 waits for an answer',
    ])
  })

  test('is not posted twice by a process that ended before it stored the message', async () => {
    const { asks, reporter, pass, questions, db, rebuild } = await aTask()
    await asks()
    reporter.start()
    await pass(3_000)
    await reporter.stop()
    await db.updateTable('question_cards').set({ message: null, shown: null, state: 'sending' }).execute()
    const next = rebuild()
    next.reporter.start()
    await pass(3_000)
    await next.reporter.stop()
    expect(questions()).toHaveLength(1)
    expect(await db.selectFrom('question_cards').select('state').execute()).toEqual([{ state: 'seen' }])
  })

  test('fits, whatever a workflow and a row have made of it', async () => {
    const { asks, reporter, pass, questions } = await aTask()
    const long = '表😀'.repeat(2_000)
    const actions = Array.from({ length: 40 }, (_, i) => ({
      id: `${long}${i}`,
      title: long,
      style: 'primary',
    }))
    await asks({
      nodeTitle: long,
      content: `**${long}**\n\n- [${long}](https://e.example/${long})\n\n${long}`,
      actions,
    })
    await asks({ nodeTitle: long, content: '', actions })
    reporter.start()
    await pass(3_000)
    const prompt = questions()[0]?.prompt
    if (!prompt) throw new Error('not posted')
    expect(faultsOfPrompt(prompt)).toEqual([])
    expect(prompt.buttons).toHaveLength(10)
    expect(JSON.stringify(prompt.lines)).toContain('the whole text is on')
    expect(JSON.stringify(prompt.lines)).toContain('32 more buttons are on the page.')
  })

  test('that only Dify can take does not hide those that can be answered here', async () => {
    const { asks, reporter, pass, questions } = await aTask()
    await asks({ token: null })
    reporter.start()
    await pass(3_000)
    expect(questions()[0]?.prompt.title).toBe('replies: row 2 waits for an answer')
    expect(JSON.stringify(questions()[0]?.prompt.lines)).toContain('can only be answered in Dify')
    await asks()
    await pass(6_000)
    expect(questions()[0]?.prompt.title).toBe('replies: 1 of 2 wait for an answer · row 3')
  })

  test('with more fields than a form has, or with a file, is answered elsewhere', async () => {
    const { asks, reporter, pass, questions } = await aTask()
    const field = (name: string, type: 'text' | 'file' = 'text') => ({ name, type, initial: '', options: [] })
    await asks({ fields: ['a', 'b', 'c', 'd', 'e'].map((name) => field(name)) })
    reporter.start()
    await pass(3_000)
    const labels = () =>
      questions()
        .at(-1)
        ?.prompt.buttons.map(({ label }) => label)
    expect(labels()).toEqual(['Let others answer', 'Open the page'])
    expect(JSON.stringify(questions()[0]?.prompt.lines)).toContain('answer it on the page')
  })
})
