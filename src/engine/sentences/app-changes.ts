import { plural } from './words.ts'

/** What of an app is otherwise in Dify than Rowbot knows it: see engine/app-changes.ts. */
export const APP_CHANGES = {
  'app-name-differs': ({ before, now }: { before: string; now: string }) =>
    `It is called “${now}” now; it was “${before}”.`,
  'app-kind-differs': ({ before, now }: { before: string; now: string }) =>
    `Its kind is ${now} now; it was ${before}.`,
  'app-description-differs': () => 'Its description is another one.',
  'app-file-limits-differ': () => 'Its server takes files of another size or number.',
  'server-version-differs': ({ before, now }: { before: string; now: string }) =>
    `Its server is Dify ${now} now; it was ${before}.`,
  'published-anew': ({ before, now }: { before: string; now: string }) =>
    `It was published again: rows last ran with version ${now}; at the last sync it was ${before}.`,

  'input-added': ({ input, type, need }: { input: string; type: string; need: string }) =>
    `New input “${input}” (${type}, ${need}).`,
  'input-removed': ({ input }: { input: string }) => `The input “${input}” is gone.`,
  'inputs-in-other-order': () => 'Its inputs are in another order.',
  /** `changes` are those below, without a full stop */
  'input-differs': ({ input, changes }: { input: string; changes: string[] }) =>
    `Input “${input}”: ${changes.join('; ')}.`,
  'differs-in-label': ({ before, now }: { before: string; now: string }) =>
    `called “${now}”, was “${before}”`,
  'differs-in-type': ({ before, now }: { before: string; now: string }) => `${now}, was ${before}`,
  'differs-in-need': ({ before, now }: { before: string; now: string }) => `${now}, was ${before}`,
  'options-added': ({ options }: { options: string[] }) =>
    `new choices: ${options.map((one) => `“${one}”`).join(', ')}`,
  'options-gone': ({ options }: { options: string[] }) =>
    `choices gone: ${options.map((one) => `“${one}”`).join(', ')}`,
  'options-in-other-order': () => 'its choices are in another order',
  'differs-in-length': ({ before, now }: { before: string; now: string }) => `takes ${now}, was ${before}`,
  'length-characters': ({ count }: { count: number }) =>
    `up to ${count} ${plural(count, 'character', 'characters')}`,
  'length-files': ({ count }: { count: number }) => `up to ${count} ${plural(count, 'file', 'files')}`,
  'length-any': () => 'any length',
  'length-any-files': () => 'any number of files',
  'differs-in-files': ({ before, now }: { before: string; now: string }) =>
    `takes files of the kinds ${now}, was ${before}`,
  'file-kinds': ({ kinds }: { kinds: string[] }) => kinds.join(', '),
  'file-kinds-any': () => 'any',
  'differs-in-default': () => 'another value if left empty',
  'differs-in-description': () => 'another description',
  'differs-in-rules': () => 'other rules for what it takes',

  'need-required': () => 'required',
  'need-optional': () => 'optional',
  'mode-workflow': () => 'workflow',
  'mode-advanced-chat': () => 'chatflow',
  'mode-completion': () => 'text generator',
  'mode-chat': () => 'chatbot',
  'mode-agent-chat': () => 'agent',
  'mode-agent': () => 'agent of the new kind',
  'type-text-input': () => 'short text',
  'type-paragraph': () => 'long text',
  'type-select': () => 'choice',
  'type-number': () => 'number',
  'type-checkbox': () => 'yes or no',
  'type-file': () => 'file',
  'type-file-list': () => 'files',
  'type-json_object': () => 'JSON',
  'type-external_data_tool': () => 'filled in by Dify',
} as const
