import { Ajv } from 'ajv'
import { valueAt, textAt } from '../../../src/bots/json-path.ts'
import { HOME_VIEW, MESSAGE_BLOCKS, MODAL_VIEW, SUGGESTIONS } from './block-schema.ts'

const ajv = new Ajv({ allErrors: false })
const checkMessage = ajv.compile(MESSAGE_BLOCKS)
const checkHome = ajv.compile(HOME_VIEW)
const checkSuggestions = ajv.compile(SUGGESTIONS)
const checkModal = ajv.compile(MODAL_VIEW)

/** What Slack would refuse of a message; undefined: nothing. */
export function faultInMessage(text: string, blocks: unknown): string | undefined {
  if (text === '') return 'a message without words for notifications'
  if (text.length > 4_000) return `${text.length} characters of text`
  if (/<!|<#/.test(text)) return `markup in ${text}`
  if (blocks === undefined) return undefined // words alone are a message, too
  if (!checkMessage(blocks)) return ajv.errorsText(checkMessage.errors)
  return faultAcross(blocks)
}

export function faultInView(view: unknown): string | undefined {
  const check = textAt(view, 'type') === 'home' ? checkHome : checkModal
  if (!check(view)) return ajv.errorsText(check.errors)
  return faultAcross(valueAt(view, 'blocks'))
}

/** Rules that go over more than one block or element. */
function faultAcross(blocks: unknown): string | undefined {
  const all = arrayOf(blocks)
  const ids = all.map((block) => textAt(block, 'block_id')).filter(Boolean)
  if (new Set(ids).size !== ids.length) return 'two blocks with one id'
  const tables = all.filter((block) => textAt(block, 'type') === 'table')
  if (tables.length > 1) return 'two tables in one message'
  return tables.map(faultInTable).find(Boolean) ?? all.map(faultInActions).find(Boolean)
}

function faultInTable(table: unknown): string | undefined {
  const rows = arrayOf(valueAt(table, 'rows')).map(arrayOf)
  const characters = rows.flat().reduce<number>((sum, cell) => sum + textAt(cell, 'text').length, 0)
  if (characters > 10_000) return `${characters} characters in a table`
  return new Set(rows.map((row) => row.length)).size > 1 ? 'rows of a table differ in length' : undefined
}

function faultInActions(block: unknown): string | undefined {
  const elements = arrayOf(valueAt(block, 'elements')).filter(
    (element) => textAt(element, 'action_id') !== '',
  )
  const ids = elements.map((element) => textAt(element, 'action_id'))
  if (new Set(ids).size !== ids.length) return 'two elements with one action_id in a block'
  for (const element of elements) {
    const initial = valueAt(element, 'initial_option')
    if (textAt(element, 'type') === 'external_select') continue // Slack asks for its options later
    const options = optionsIn(element)
    const values = options.map((option) => textAt(option, 'value'))
    if (new Set(values).size !== values.length) return 'two options with one value'
    if (initial && !options.some((option) => Bun.deepEquals(option, initial)))
      return 'the initial option is none of the options'
  }
  return undefined
}

/** What Slack would not show of the answer to a block_suggestion. */
export function faultInSuggestions(answer: unknown): string | undefined {
  if (!checkSuggestions(answer)) return ajv.errorsText(checkSuggestions.errors)
  const values = optionsIn(answer).map((option) => textAt(option, 'value'))
  return new Set(values).size === values.length ? undefined : 'two options with one value'
}

/** The options of a select, or of an answer to a question for them, whatever groups they are in. */
export function optionsIn(select: unknown): unknown[] {
  const groups = arrayOf(valueAt(select, 'option_groups'))
  return [
    ...arrayOf(valueAt(select, 'options')),
    ...groups.flatMap((group) => arrayOf(valueAt(group, 'options'))),
  ]
}

function arrayOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
