import { durationText } from '../duration.ts'

/** What Dify, or a server in its place, says to a call; and what to do about it. */
export const DIFY = {
  // how a server's answer is put together; `says` is one of those below, without a full stop
  answer: ({ says, label }: { says: string; label: string }) => `${says} (${label}).`,
  'answer-with-words': ({ says, label, words }: { says: string; label: string; words: string }) =>
    `${says} (${label}): “${words}”`,
  said: ({ says }: { says: string }) => `${says}.`,
  'said-with-words': ({ says, words }: { says: string; words: string }) => `${says}: “${words}”`,
  'redirected-to': ({ says, address }: { says: string; address: string }) => `${says}, to ${address}`,
  'raise-app-limit': ({ error }: { error: string }) =>
    `${error} An app whose limit is 1 refuses every streamed call: raise “Max active requests” of the app in Dify to 2 or more.`,

  'dify-inputs-refused': () => 'Dify does not accept the inputs of this row',
  'dify-call-refused': () => 'Dify does not accept this call',
  'dify-conversation-over': () => 'The conversation has ended',
  'dify-no-file': () => 'Dify did not get the file',
  'dify-too-many-files': () => 'Dify takes fewer files',
  'dify-file-without-name': () => 'Dify wants a file with a name',
  'dify-file-too-large': () => 'The file is larger than this Dify server takes',
  'dify-file-type': () => 'Dify does not take this type of file',
  'model-answered-wrongly': () => 'The model did not answer as it should',
  'dify-unknown-key': () => 'Dify does not know this API key',
  'dify-app-closed': () => 'Dify does not let this app be called',
  'dify-app-unavailable': () => 'The app is not available in Dify',
  'dify-app-unpublished': () => 'The app is not published in Dify',
  'dify-plan-without-versions': () =>
    'The plan of this Dify workspace does not run fixed versions of a workflow',
  'dify-not-a-workflow': () => 'The app is not a workflow',
  'dify-not-a-chat': () => 'The app is not a chatflow, chatbot or agent',
  'dify-not-a-generator': () => 'The app is not a text generator',
  'dify-no-provider-key': () => 'Dify has no key for the model’s provider',
  'provider-quota-used-up': () => 'The quota at the model’s provider is used up',
  'dify-no-such-model': () => 'Dify does not offer the model of this app',
  'dify-quota-used-up': () => 'The quota of this Dify workspace is used up',
  'dify-not-found': () => 'Dify does not find what was asked for',
  'dify-app-limit': () => 'Dify has as many calls of this app at once as it lets in',
  'no-dify-api': () => 'There is no Dify API at this address',

  'server-unknown-key': () => 'The server does not accept this API key',
  'server-refuses': () => 'The server refuses the call',
  'proxy-sign-in': () => 'A proxy requires a sign-in',
  'server-gave-up': () => 'The server gave up waiting for the call',
  'row-too-large': () => 'The row is larger than the server takes',
  'content-type-refused': () => 'The server does not take this type of content',
  'server-refuses-for-now': () => 'The server refuses calls for now',
  'proxy-refuses-for-now': () => 'A proxy in front of Dify refuses calls for now',
  'server-broke-off': () => 'The server broke off the call',
  'server-gave-no-run': () => 'The server answered with something that is not a run',
  'server-redirects': () => 'The server redirects to another address',
  'server-does-not-accept': () => 'The server does not accept the call',
  'server-failed': () => 'The server failed, and the run may go on',
  'server-unknown-status': () => 'The server answered with an unknown status',

  'provider-refuses-for-now': () => 'The model’s provider refuses calls for now',
  'provider-out-of-money': () => 'The account at the model’s provider is out of money or quota',
  'provider-day-used-up': () => 'Today’s quota at the model’s provider is used up',
  'provider-unknown-key': () => 'The model’s provider does not accept Dify’s credentials',
  'service-unknown-key': () => 'A service that the app uses refuses its key',
  'app-broken': () => 'The app cannot run as it is',
  'row-too-long': () => 'The row is longer than the model takes',
  'content-refused': () => 'The model’s provider refuses the content of the row',
  'workflow-failed': () => 'The workflow failed',

  'do-check-key': () => 'Check the API key of this workflow in Dify under “API Access”, and enter it again.',
  'do-publish': () => 'Open the app in Dify, publish it, see that its API is switched on, then try again.',
  'do-check-model': () => 'Look at the model provider in Dify’s settings, then try again.',
  'do-check-address': () => 'Check the address of the Dify server: it usually ends in /v1.',
  'do-add-again': () => 'Add the workflow to Rowbot again, so that it learns what kind of app it is now.',
  'do-use-published': () => 'Let Rowbot run the published version, or change the plan.',
  'do-top-up-provider': () =>
    'Top up the quota or enter a provider key of your own in Dify’s settings, then try again.',
  'do-choose-model': () => 'Choose another model in the app, publish it, then try again.',
  'do-wait-for-quota': () => 'Wait until the quota is renewed or change the plan in Dify, then try again.',
  'do-bypass-proxy': () => 'Let this machine reach Dify without the proxy’s sign-in.',
  'do-top-up-account': () =>
    'Top up the account, or enter another key in Dify under “Settings – Model Provider”, then resume the task.',
  'do-resume-when-renewed': () => 'Resume the task when the quota is renewed, or raise it at the provider.',
  'do-enter-provider-key': () =>
    'Enter the right key in Dify under “Settings – Model Provider”, then resume the task.',
  'do-fix-app': () => 'Open the app in Dify, fix what the message names, publish it, then resume the task.',
  'do-wait': ({ ms }: { ms: number }) =>
    `Dify asks to wait ${durationText(ms)}. Resume the task after that; nothing is lost.`,
} as const
