/** What is wrong with a field of a request; its name stands in front. No full stop: fields-invalid lists several. */
export const FIELDS = {
  'field-missing': () => 'is missing',
  'must-be-text': () => 'must be text',
  'must-be-number': () => 'must be a number',
  'must-be-whole': () => 'must be a whole number',
  'must-be-boolean': () => 'must be true or false',
  'must-be-list': () => 'must be a list',
  'must-be-object': () => 'must be an object',
  'must-be-file': () => 'must be a file',
  'must-be-one-of': ({ choices }: { choices: string[] }) => `must be one of ${choices.join(', ')}`,
  'must-be-just': ({ value }: { value: string }) => `must be ${value}`,
  'must-be-url': () => 'must be a URL',
  'must-not-be-empty': () => 'must not be empty',
  'must-have-form': () => 'is not in the form that is asked for',
  'at-most-characters': ({ most }: { most: number }) => `must have at most ${most} characters`,
  'at-least-characters': ({ count }: { count: number }) => `must have at least ${count} characters`,
  'at-most-entries': ({ most }: { most: number }) => `must have at most ${most} entries`,
  'at-least-entries': ({ count }: { count: number }) => `must have at least ${count} entries`,
  'must-be-at-most': ({ most }: { most: number }) => `must be at most ${most}`,
  'must-be-at-least': ({ count }: { count: number }) => `must be at least ${count}`,
  'must-be-limit': () =>
    'must be an amount and its currency, such as 5 USD, or a number of tokens, such as 200k tokens',
  'must-be-month-limit': () => 'must be such as 50 USD or 200000 tokens',
  'give-one-of': ({ names }: { names: string[] }) => `give one of ${names.join(', ')}`,
  'is-other-name': ({ other }: { other: string }) => `is another name of ${other}; send one of them`,
  'fields-unknown': ({ fields }: { fields: string[] }) => fields.join('; '),
  'name-not-known': ({ name }: { name: string }) => `“${name}” is not known`,
  'name-unknown': ({ name, names }: { name: string; names: string[] }) =>
    `“${name}” is not known. Known: ${names.join(', ')}`,
  'name-unknown-near': ({ name, near, names }: { name: string; near: string; names: string[] }) =>
    `“${name}” is not known. Did you mean “${near}”? Known: ${names.join(', ')}`,
  'name-unknown-none': ({ name }: { name: string }) => `“${name}” is not known. This route takes none`,
} as const
