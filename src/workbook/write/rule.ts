import { lengthLimit, type Variable } from '../../engine/workflow.ts'

/** A variable’s rule in one line, for a person who fills in a cell. */
export function ruleOf(variable: Variable): string {
  const rule = kindOf(variable)
  return variable.required ? `Required. ${rule}` : `${rule} May be left empty.`
}

export function defaultOf({ default: value }: Variable): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

function kindOf(variable: Variable): string {
  const { type, options = [], fileTypes = [], fileExtensions = [] } = variable
  const limit = lengthLimit(variable)
  switch (type) {
    case 'text-input':
    case 'paragraph':
    case 'external_data_tool':
      return limit ? `Text, up to ${limit.toLocaleString('en')} characters.` : 'Text.'
    case 'select':
      return `One of: ${options.join(', ')}.`
    case 'number':
      return 'A number.'
    case 'checkbox':
      return 'yes or no.'
    case 'json_object':
      return 'A JSON object.'
    case 'file':
    case 'file-list': {
      const kinds = fileTypes.flatMap((kind) => (kind === 'custom' ? fileExtensions : [kind])).join(', ')
      const address = 'beginning with https://'
      const what =
        variable.localFiles === false
          ? `the address${type === 'file' ? '' : 'es'}, ${address}`
          : type === 'file'
            ? `the name of one that you send along, or the address, ${address}`
            : `names of those that you send along, or addresses, ${address}`
      const many = limit ? `Up to ${limit} files` : 'Files'
      const how = type === 'file' ? 'A file' : `${many}, each on a line or with commas between them`
      return `${how}: ${what}${kinds ? ` (${kinds})` : ''}.`
    }
  }
}
