import { Elysia } from 'elysia'
import { z } from 'zod'
import { UnknownInput, WrongInput } from '../../app/new-inputs.ts'
import { runAgain } from '../../app/tasks.ts'
import { NotAgain } from '../../engine/again.ts'
import type { UserError } from '../../engine/user-error.ts'
import type { Texts } from '../../messages/texts/texts.ts'
import { withVisitor } from '../http/visitor.ts'
import type { AdminContext } from '../options.ts'
import { actorOf } from '../sign-in/identity.ts'
import { seeOther } from '../view/html.ts'
import { INPUT_FIELD } from './edit-inputs-view.ts'
import { ROW_PARAMS, rowPage } from './row-page.ts'
import { besideOf, TASK_QUERY, taskPath } from './task-query.ts'

const INPUTS = z.object({ version: z.string().max(64), 'as-in-file': z.literal('yes').optional() })

/** A row that is to run again with other inputs; its page is shown again. */
export function editInputsWrites(context: AdminContext) {
  const { bot, cache } = context
  return new Elysia().use(withVisitor()).post(
    '/batch/:id/rows/:row/inputs',
    async ({ visitor, params, query, body, request }) => {
      const { id, row } = params
      const { version, 'as-in-file': asInFile } = body
      const texts = textsIn(body)
      try {
        await runAgain(bot, actorOf(request), id, [row], { version, inputs: asInFile ? 'as-in-file' : texts })
      } catch (fault) {
        if (!(fault instanceof WrongInput || fault instanceof UnknownInput || fault instanceof NotAgain))
          throw fault
        // With what was typed, so that it is not lost.
        const typedInputs = { texts, error: bothSentences(fault, visitor.texts) }
        return rowPage(context, visitor, { ...params, query: besideOf(query), typedInputs })
      }
      cache.changed(id)
      return seeOther(taskPath(id, besideOf(query), {}, `/rows/${row}`))
    },
    { params: ROW_PARAMS, query: TASK_QUERY, body: INPUTS.catchall(z.unknown()) },
  )
}

function bothSentences({ says: { message, hint } }: UserError, texts: Texts): string {
  return hint === undefined ? texts.say(message) : `${texts.say(message)} ${texts.say(hint)}`
}

function textsIn(body: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(body).flatMap(([field, value]): [string, string][] =>
      field.startsWith(INPUT_FIELD) && typeof value === 'string'
        ? [[field.slice(INPUT_FIELD.length), value]]
        : [],
    ),
  )
}
