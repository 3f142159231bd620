import type { Selectable } from 'kysely'
import { CARD } from '../../../src/db/chats/question-cards.ts'
import type { Db, FormTable } from '../../../src/db/schema.ts'
import type { Hit } from '../../../src/dify/sandbox/run-log.ts'
import type { Answers } from './answers.ts'
import { placeOf } from './chats.ts'
import type { World } from './world.ts'

/** Nothing waits any more: each answer that Dify has is the one that is stored and was confirmed, and each card is over. */
export async function untrueAnswers(db: Db, world: World, answers: Answers): Promise<string[]> {
  const forms = await db.selectFrom('forms').selectAll().execute()
  const asked = new Map(
    world.sandbox.hits().flatMap((hit) => hit.forms.map((form) => [form.id, { ...form, hit }] as const)),
  )
  const faults = forms.flatMap((form) => {
    const atDify = asked.get(form.form_id)
    return atDify ? untrueForm(form, atDify, answers) : [`nothing at Dify has asked ${form.form_id}`]
  })
  return [...faults, ...(await untrueCards(db, world))]
}

function untrueForm(
  form: Selectable<FormTable>,
  { answer, hit }: Hit['forms'][number] & { hit: Hit },
  { inDify, confirmed }: Answers,
): string[] {
  const said = confirmed.get(form.id)
  const where = `the question ${form.id} of row ${form.row_number} of ${form.task_id} (${hit.runId})`
  const facts = JSON.stringify({
    ...form,
    token: '',
    content: '',
    fields: '',
    actions: '',
    atDify: answer,
    said,
  })
  const faults: string[] = []
  if (said !== undefined && answer?.action !== said)
    faults.push(`${where} was confirmed, and Dify does not have that answer: ${facts}`)
  switch (form.state) {
    case 'answered':
      if (!answer) faults.push(`${where} is answered, and not at Dify: ${facts}`)
      else if (!inDify.has(form.form_id) && isOther(form, answer))
        faults.push(`${where} has another answer at Dify: ${facts}`)
      break
    case 'elsewhere':
      if (!inDify.has(form.form_id)) faults.push(`${where} was not answered in Dify itself: ${facts}`)
      break
    case 'expired':
      if (answer) faults.push(`${where} has an answer at Dify: ${facts}`)
      else if ((form.expires_at ?? 0) > Date.now()) faults.push(`${where} still has time: ${facts}`)
      break
    case 'open':
    case 'answering':
      if (answer) faults.push(`${where} is answered at Dify, and ${form.state}: ${facts}`)
  }
  return faults
}

function isOther(
  form: Selectable<FormTable>,
  { action, inputs }: NonNullable<Hit['forms'][number]['answer']>,
) {
  const stored: unknown = JSON.parse(form.inputs ?? '{}')
  return action !== form.action || !Bun.deepEquals(inputs, stored)
}

/** Each says that nothing is left to answer, and how many answers were given by then; no other message asks anything. */
async function untrueCards(db: Db, { chats }: World): Promise<string[]> {
  const cards = await db.selectFrom('question_cards').selectAll().execute()
  const faults: string[] = []
  for (const card of cards) {
    if (card.ended !== CARD.over)
      faults.push(`the card of ${card.task_id} is not over: ${JSON.stringify(card)}`)
    if (card.message === null) continue // answered before it could be posted
    const at = placeOf(JSON.stringify(Object(JSON.parse(card.message))['place']))
    const thread = (await chats.find(({ name }) => name === at.platform)?.thread(at)) ?? []
    const { given } = await db
      .selectFrom('forms')
      .select((eb) => eb.fn.countAll<number>().as('given'))
      .where('task_id', '=', card.task_id)
      .where('state', '=', 'answered')
      .where('created_at', '>=', card.asked_since)
      .executeTakeFirstOrThrow()
    // Of what was asked and answered within a second after a card was over, no card needs to be posted.
    const isSaid = (says: string) => Number(/(\d+) answers? given/.exec(says)?.[1] ?? Infinity) <= given
    const asks = thread.filter(
      ({ buttons }) => buttons.includes('Let others answer') || buttons.includes('Let only me answer'),
    )
    const shown = `the questions of ${card.task_id}: ${JSON.stringify(thread.map(({ says, buttons }) => [says, buttons]))} ${JSON.stringify(card)}`
    if (asks.length > 0) faults.push(`${asks.length} messages still ask ${shown}`)
    const still = thread.filter(({ says }) => /The task is (paused|stopped)/.test(says))
    if (still.length > 0) faults.push(`${still.length} messages say that it stands still ${shown}`)
    if (!thread.some(({ says }) => isSaid(says)))
      faults.push(`none says that ${given} answers were given ${shown}`)
  }
  return faults
}
