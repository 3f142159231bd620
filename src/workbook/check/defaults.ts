import type { InputValue } from '../../engine/task.ts'
import type { Variable } from '../../engine/workflow.ts'
import { take } from './prepare.ts'

/** What a workflow itself gives to one of its inputs. */
export interface OwnDefault {
  /** as a person would type it into a cell */
  text: string
  value: InputValue
}

/**
 * The default that an app declares for an input, if it passes the rules of a cell. Dify fills it in only for inputs that
 * are not required (base_app_generator.py), so Rowbot sends it: then a required input with a default needs no column,
 * and what is stored of a row is what it was called with. Files are left to Dify: their ids are the app’s own.
 */
export function defaultOf(variable: Variable): OwnDefault | undefined {
  const { default: declared, type } = variable
  if (declared === undefined || declared === null || type === 'file' || type === 'file-list') return undefined
  const text = typeof declared === 'string' ? declared : JSON.stringify(declared)
  const taken = take(text, variable, { fileHosts: [] }, 'raw')
  return taken && 'value' in taken ? { text, value: taken.value } : undefined
}
