import type { Variable } from '../../engine/workflow.ts'

/** A variable’s rule in one line, for a person who fills in a cell. */
export function ruleOf(variable: Variable): string {
  const rule = kindOf(variable)
  return variable.required ? `Required. ${rule}` : `${rule} May be left empty.`
}

/** An example value that passes the check. */
export function exampleOf(variable: Variable): string {
  switch (variable.type) {
    case 'text-input':
    case 'paragraph':
    case 'external_data_tool':
      return defaultOf(variable) || 'any text'
    case 'select':
      return defaultOf(variable) || variable.options?.[0] || ''
    case 'number':
      return defaultOf(variable) || '100'
    case 'checkbox':
      return 'yes'
    case 'json_object':
      return '{"colour": "red"}'
    case 'file':
      return `https://example.com/file${extensionFor(variable)}`
    case 'file-list':
      return `https://example.com/1${extensionFor(variable)} https://example.com/2${extensionFor(variable)}`
  }
}

export function defaultOf({ default: value }: Variable): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}

function kindOf(variable: Variable): string {
  const { type, maxLength, options = [], fileTypes = [], fileExtensions = [] } = variable
  switch (type) {
    case 'text-input':
    case 'paragraph':
    case 'external_data_tool':
      return maxLength ? `Text, up to ${maxLength.toLocaleString('en')} characters.` : 'Text.'
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
      const many = maxLength ? `Up to ${maxLength} addresses` : 'Addresses'
      const what = type === 'file' ? 'The address of a file' : `${many} of files with spaces between them`
      return `${what}, beginning with https://${kinds ? ` (${kinds})` : ''}.`
    }
  }
}

function extensionFor({ fileTypes = [], fileExtensions = [] }: Variable): string {
  const [type = 'document'] = fileTypes
  if (type === 'custom') return fileExtensions[0] ?? '.txt'
  return { image: '.png', document: '.pdf', audio: '.mp3', video: '.mp4' }[type]
}
