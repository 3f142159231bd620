import { parseClick } from '../../../src/messages/click-ids.ts'
import type { Form, Line, Prompt } from '../../../src/messages/prompt.ts'
import { PROMPT_LIMITS as MAX } from '../../../src/messages/limits.ts'
import { lineText } from './cast.ts'

/** What of a Prompt a platform would refuse or cut; empty when nothing. */
export function faultsOfPrompt(prompt: Prompt): string[] {
  const faults: string[] = []
  const atMost = (what: string, length: number, max: number) => {
    if (length > max) faults.push(`${what}: ${length} > ${max}`)
  }
  const { title, lines, table, selects, buttons } = prompt
  atMost('title', title.length, MAX.titleChars)
  atMost('runtimes', lines.map(lineText).join('\n').length, MAX.lineChars)
  for (const line of lines) faults.push(...emptySpans(line))
  if (table) {
    atMost('table columns', table.headings.length, MAX.tableColumns)
    atMost('table rows', table.rows.length, MAX.tableRows)
    const cells = [table.headings, ...table.rows]
    if (cells.some((row) => row.length !== table.headings.length)) faults.push('ragged table')
    atMost('table', cells.flat().join('').length, MAX.tableChars)
    for (const cell of cells.flat()) atMost('cell', cell.length, MAX.cellChars)
  }
  atMost('selects', selects.length, MAX.selects)
  for (const { id, label, options, selected } of selects) {
    atMost('select label', label.length, MAX.selectLabelChars)
    atMost('options', options.length, MAX.options)
    if (options.length === 0) faults.push('a select without options')
    const values = options.map(({ value }) => value)
    if (new Set(values).size !== values.length) faults.push('two options of one value')
    if (selected !== undefined && !values.includes(selected)) faults.push('selected is not an option')
    for (const option of options) {
      if (option.label.trim() === '' || option.value === '' || option.description === '')
        faults.push('an empty option')
      for (const text of [option.label, option.description ?? ''])
        atMost('option', text.length, MAX.optionChars)
      atMost('value', option.value.length, MAX.valueChars)
    }
    faults.push(...idFaults(id))
  }
  atMost('buttons', buttons.length, MAX.buttons)
  for (const { id, label } of buttons) {
    if (label.trim() === '') faults.push('an empty button')
    atMost('button', label.length, MAX.buttonChars)
    if (id !== undefined) faults.push(...idFaults(id))
  }
  const ids = [...selects, ...buttons].flatMap(({ id }) => id ?? [])
  if (new Set(ids).size !== ids.length) faults.push('two things of one id')
  return faults
}

export function faultsOfForm({ id, title, fields, submit }: Form): string[] {
  const faults = idFaults(id)
  if (title.length > MAX.formTitleChars) faults.push(`form title: ${title}`)
  if (submit.length > MAX.formTitleChars) faults.push(`form submit: ${submit}`)
  if (fields.length > MAX.fields) faults.push('too many fields')
  for (const field of fields) {
    if (field.label.length > MAX.fieldLabelChars) faults.push(`label: ${field.label}`)
    if ((field.hint ?? '').length > MAX.fieldHintChars) faults.push(`hint: ${field.hint}`)
    if (field.type === 'text' && field.value.length > field.maxLength) faults.push(`value of ${field.id}`)
  }
  return faults
}

function idFaults(id: string): string[] {
  if (id.length > MAX.idChars) return [`id: ${id}`]
  return parseClick(id) ? [] : [`not an id of ours: ${id}`]
}

function emptySpans(line: Line): string[] {
  return line.some((span) => lineText([span]) === '') ? [`an empty span in ${JSON.stringify(line)}`] : []
}
