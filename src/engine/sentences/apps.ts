/** Apps of Dify: adding them, and their questions to people. */
export const APPS = {
  'not-an-address': ({ address }: { address: string }) => `“${address}” is not the address of a server.`,
  'do-check-api-address': () =>
    'Check the address of the Dify server: it is shown in Dify under “API Access” and usually ends in /v1.',
  'not-a-key': () => 'That is not an API key.',
  'do-copy-key': () => 'Copy the key from the app’s “API Access” page: it begins with app-.',
  'do-try-in-a-while': () => 'Try again in a while.',
  'dify-refuses-the-call': () => 'Dify refuses the call.',
  'server-is-not-dify': ({ host }: { host: string }) => `${host} answers, but not as Dify’s API does.`,
  'server-too-slow': ({ host }: { host: string }) => `${host} did not answer in time.`,
  'server-unreachable': ({ host }: { host: string }) => `${host} cannot be reached.`,
  'server-unreachable-because': ({ host, why }: { host: string; why: string }) =>
    `${host} cannot be reached. ${why}`,
  'not-an-app-page': () => 'That is not the address of an app in Dify.',
  'do-copy-app-page': () =>
    'Open the app in Dify and copy the address of that page: https://dify.example.com/app/…',
  'app-without-kind': ({ app }: { app: string }) => `Dify does not say what kind of app “${app}” is.`,
  'do-update-dify': () => 'The server is too old for Rowbot: update Dify.',
  'app-is-a-pipeline': ({ app }: { app: string }) =>
    `“${app}” is a knowledge pipeline, which Rowbot does not run row by row.`,
  'app-of-other-kind': ({ app, kind }: { app: string; kind: string }) =>
    `“${app}” is an app of the kind “${kind}”, which Rowbot does not run row by row.`,
  'do-use-another-app': () =>
    'Use the API key of a workflow, a chatflow, a chatbot, an agent or a text generator.',
  'not-a-server-address': () => 'That is not the address of a server.',
  'do-check-console-address': () =>
    'Give the address of your own Dify server, as “API Access” shows it, such as https://dify.example.com/v1.',
  'not-an-admin-key': () => 'That is not an admin API key.',
  'do-find-admin-key': () => 'It is ADMIN_API_KEY in the .env file of your Dify server.',
  'not-a-workspace-id': () => 'That is not the id of a workspace.',
  'do-find-workspace-id': () =>
    'It is a UUID, such as 88845d8b-8a20-4b59-87b6-85140e1f50c1. The table tenants in Dify’s database has it beside the workspace’s name.',
  'no-dify-console': () => 'There is no console of Dify at this address.',
  'admin-key-refused': () => 'Dify does not let this admin API key into this workspace',
  'do-check-admin-key': () =>
    'Check the key and the workspace, and whether Dify’s api container really has ADMIN_API_KEY_ENABLE=true and ADMIN_API_KEY: docker-compose.yaml may not hand them on from .env.',
  'console-asks-csrf': () => 'This version of Dify lets no admin API key in.',
  'do-update-to-1-11': () => 'Dify 1.9.2 to 1.10.1 have this fault: update to 1.11 or later.',
  'app-not-in-workspace': ({ app }: { app: string }) =>
    `The workspace has no app ${app} that Rowbot can run.`,
  'do-list-apps-again': () => 'List its apps again: it may have been deleted.',
  'app-without-keys': () => 'Dify makes no further key for it, and it has none.',
  'input-of-unknown-type': ({ input, type }: { input: string; type: string }) =>
    `The app needs “${input}”, an input of type “${type}”, which Rowbot does not know.`,
  'do-change-input': () => 'Make it optional or give it another type in Dify, publish the app and try again.',

  'form-without-token': () => 'Dify gives no way to answer it.',
  'form-under-other-key': () =>
    'What opens the question was encrypted under another secret key. Answer it in Dify.',
} as const
